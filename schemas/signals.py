"""RedPajama-Data-V2's quality signals that no other family has, and how many words of a text are in a list."""

from typing import NamedTuple


class SignalMeasures(NamedTuple):
    r"""Quality signals of RedPajama-Data-V2 (Weber et al. 2024), counted on our splitter's words.

    Words are UAX #29 segments that are not white space, punctuation marks too, as theirs are where they say "raw";
    plain words, for their "normalised" ones, are those that are not all punctuation marks, case kept (theirs are
    lower-cased, and cut at white space after punctuation was deleted). Lines are cut at ``\n`` only, stripped, and
    blank ones left out (theirs count). Theirs are rounded, and most of them null where there is nothing to divide by;
    ours are 0.
    """

    n_sentences: int
    """Sentences by UAX #29; theirs are runs up to ``. ! ?`` (``rps_doc_num_sentences``)."""
    unique_word_ratio: float
    """Different plain words, by plain words (``rps_doc_frac_unique_words``)."""
    unigram_entropy: float
    """Entropy of the plain words' distribution, in nats (``rps_doc_unigram_entropy``)."""
    upper_word_ratio: float
    """Share of words that are all upper-case as ``str.isupper`` says (``rps_doc_frac_all_caps_words``)."""
    non_alpha_word_ratio: float
    """Share of words without an alphabetic character; theirs knows A to Z only (``rps_doc_frac_no_alph_words``)."""
    stop_word_ratio: float
    """Share of words that are, in any case, the, be, to, of, and, that, have or with: Gopher's eight. Theirs
    has long lists by language, and wants lower case (``rps_doc_stop_word_fraction``); see ``ListedMeasures``."""
    symbol_word_ratio: float
    """``#``, ``...`` and ``…`` per word; not a share, may exceed 1 (``rps_doc_symbol_to_word_ratio``)."""
    curly_bracket_char_ratio: float
    """Share of the characters that are ``{`` or ``}`` (``rps_doc_curly_bracket``)."""
    lorem_ipsum_char_ratio: float
    """Occurrences of ``lorem ipsum``, in any case, per character; theirs ignores punctuation
    (``rps_doc_lorem_ipsum``)."""
    bullet_line_ratio: float
    """Share of lines that start with one of ``• ‣ ▶ ◀ ◦ ■ □ ▪ ▫ –`` (``rps_lines_start_with_bulletpoint``)."""
    ellipsis_line_ratio: float
    """Share of lines that end with ``...`` or ``…`` (``rps_doc_frac_lines_end_with_ellipsis``)."""
    punct_line_ratio: float
    """Share of lines that end with ``. ! ?`` or ``”`` (``rps_lines_ending_with_terminal_punctution_mark``)."""
    mean_line_upper_ratio: float
    """Share of a line's characters that are upper-case (``str.isupper``), mean of all lines; theirs is told line
    by line (``rps_lines_uppercase_letter_fraction``)."""
    mean_line_digit_ratio: float
    """The same of digits (``str.isdigit``); theirs counts ``str.isnumeric``, to which 一 is a number, without
    punctuation (``rps_lines_numerical_chars_fraction``)."""
    n_javascript_words: int
    """Words that are ``javascript``, in any case; theirs is told line by line (``rps_lines_javascript_counts``)."""


class ListedMeasures(NamedTuple):
    """How often a text has the entries of a list, of stop words or of flagged ones, that is made for its language.

    In the manner of Gopher's stop words (Rae et al. 2021, Table A1) and of RedPajama-Data-V2's
    ``rps_doc_ldnoobw_words``, in any language. Text and entries are compared as ``str.lower`` gives them. An entry
    matches as whole words: between two letters or digits no match begins or ends. Han, Kana, Thai, Lao, Khmer and
    Myanmar letters are written without spaces, and count as letters of no word: beside them a match may begin
    and end anywhere, but not before a combining mark. Of entries that match at a place the longest counts, and the
    search goes on behind it.
    """

    n_occurrences: int
    """Matches in the text; 0 without a list."""
    n_distinct: int
    """Different entries among them."""
    is_language_listed: bool
    """Whether there is a list for the text's language."""
