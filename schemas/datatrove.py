"""Measures that count as datatrove 0.10 does: Gopher's in its way, FineWeb's, and C4's line rules."""

from typing import NamedTuple


class DatatroveQualityMeasures(NamedTuple):
    r"""Gopher quality measures as datatrove 0.10 counts them, on our splitter's words.

    Words are UAX #29 segments that are not white space, punctuation marks too; lines are cut as
    ``str.splitlines`` does, and blank ones count. All ratios are 0 where there are no words or lines.
    """

    n_words: int
    """Words, punctuation marks included."""
    n_plain_words: int
    """Words that are not all punctuation marks; what the page-length rule counts."""
    mean_plain_word_chars: float
    """Code points per such word."""
    hash_word_ratio: float
    """``#`` per word; not a share, may exceed 1."""
    ellipsis_word_ratio: float
    """``...`` and ``…`` per word; the same."""
    bullet_line_ratio: float
    """Share of lines that start with ``•`` or ``-``."""
    ellipsis_line_ratio: float
    """Share of lines that end with ``...`` or ``…``."""
    alpha_word_ratio: float
    """Share of words with an alphabetic character."""
    n_distinct_stop_words: int
    """How many of the, be, to, of, and, that, have, with occur, in lower case."""


class DatatroveRepetitionMeasures(NamedTuple):
    r"""Gopher repetition measures as datatrove 0.10 counts them: extra copies only, per character of the text.

    Lines are cut at runs of ``\n``, paragraphs of the stripped text at runs of two or more; words as
    in ``DatatroveQualityMeasures``. 0 for an empty text.
    """

    dup_line_ratio: float
    """Share of lines that repeat an earlier one."""
    dup_line_char_ratio: float
    """Their characters, per character of the text."""
    dup_paragraph_ratio: float
    """Share of paragraphs that repeat an earlier one."""
    dup_paragraph_char_ratio: float
    """Their characters, per character of the text."""
    top_2gram_char_ratio: float
    """Occurrences × characters (with a space between words) of the most frequent 2-gram, the first of them."""
    top_3gram_char_ratio: float
    """The same of 3-grams; n-grams may overlap, so these three may exceed 1."""
    top_4gram_char_ratio: float
    """The same of 4-grams."""
    dup_5gram_char_ratio: float
    """Characters of 5-grams that repeat an earlier one, read from left to right without overlaps."""
    dup_6gram_char_ratio: float
    """The same of 6-grams."""
    dup_7gram_char_ratio: float
    """The same of 7-grams."""
    dup_8gram_char_ratio: float
    """The same of 8-grams."""
    dup_9gram_char_ratio: float
    """The same of 9-grams."""
    dup_10gram_char_ratio: float
    """The same of 10-grams."""


class FineWebMeasures(NamedTuple):
    r"""FineWeb's line measures (Penedo et al. 2024, section 3.6), counted as datatrove 0.10 counts them.

    Lines are cut at ``\n`` only and not stripped; blank ones are left out. 0 where there is nothing to divide by.
    """

    n_lines: int
    """Lines that are not blank."""
    punct_line_ratio: float
    """Share of lines that end in terminal punctuation."""
    short_line_ratio: float
    """Share of lines of at most 30 characters."""
    dup_line_char_ratio: float
    r"""Characters of lines that came before, by all characters but ``\n``."""
    newline_word_ratio: float
    r"""``\n`` per word, punctuation marks included; not a share, may exceed 1."""


class C4Measures(NamedTuple):
    r"""C4's line rules (Raffel et al. 2020, section 2.2), counted as datatrove 0.10 does, by a clean step.

    Lines are cut as ``str.splitlines`` does; sentences by UAX #29.
    """

    n_lines: int
    """Lines of the text that entered."""
    n_kept_lines: int
    """Lines that stayed."""
    n_lorem_ipsum_lines: int
    """Lines with ``lorem ipsum`` that no earlier rule dropped."""
    n_curly_bracket_lines: int
    """Lines with ``{`` that no earlier rule dropped."""
    n_sentences: int
    """Sentences of the lines that stayed, each line cut on its own."""
    n_long_paragraphs: int
    r"""Lines, cut at ``\n`` only, of 200 characters or more in the text that entered (mC4, Xue et al. 2021)."""
