"""What is measured about a text: one NamedTuple per family, one field per measure.

The field is the measure's one name everywhere: kernel output, table column, recipe and report.
Counts start with ``n_``, shares in [0, 1] end with ``_ratio``. Nothing here knows Spark, so a
worker that measures loads only this and the kernels.
"""

from typing import Literal, NamedTuple, get_args

from schemas.datatrove import C4Measures, DatatroveQualityMeasures, DatatroveRepetitionMeasures, FineWebMeasures
from schemas.languages import LanguageMeasures, LineLanguageMeasures, ScriptMeasures
from schemas.origin import LicenceMeasures, UrlMeasures
from schemas.signals import ListedMeasures, SignalMeasures


class WordMeasures(NamedTuple):
    """Size of a text. Words are runs between Unicode white space, as ``str.split()`` cuts them."""

    n_chars: int
    """Unicode code points of the text."""
    n_bytes: int
    """UTF-8 bytes of the text."""
    n_words: int
    """White-space separated words."""
    mean_word_chars: float
    """Code points per word; 0 for a text without words."""


class GopherMeasures(NamedTuple):
    r"""Gopher quality measures (Rae et al. 2021, Table A1), counted as DCLM counts them.

    Lines are cut at ``\n`` only, stripped, and empty ones left out.
    """

    n_counted_words: int
    """Words whose first character is alphanumeric; what the page-length rule counts."""
    symbol_word_ratio: float
    """``#``, ``...``, ``. . .`` and ``…`` per word; not a share, may exceed 1; 0 without words."""
    bullet_line_ratio: float
    """Share of lines that start with one of ``● • * -``; 0 without lines."""
    ellipsis_line_ratio: float
    """Share of lines that end with ``...``, ``. . .`` or ``…``; 0 without lines."""
    non_alpha_word_ratio: float
    """Share of words without any alphabetic character; 0 without words."""
    n_stop_words: int
    """Occurrences of the, be, to, of, and, that, have, with as whole lower-cased words."""


class FingerprintMeasures(NamedTuple):
    """Hashes that stand in for the text, so that later steps need not read it again."""

    text_sha256: str
    """Hex sha256 of the UTF-8 text."""
    exact_hash: str
    """Hex, first 128 bits of sha256 of the normalised text; equal texts share it."""


class RepetitionMeasures(NamedTuple):
    r"""Gopher repetition measures (Rae et al. 2021, Table A1), counted as DCLM counts them: every copy.

    Lines are cut at ``\n`` and paragraphs at ``\n\n``, both stripped, empty ones left out. Words are
    UAX #29 segments whose first character is alphanumeric, case kept. An n-gram's characters are
    those of its words. All are shares of the text's own lines, paragraphs, or their or the words'
    characters; 0 where there are none.
    """

    n_lines: int
    """Lines that are not blank."""
    dup_line_ratio: float
    """Share of lines that occur more than once."""
    dup_line_char_ratio: float
    """Share of the lines' characters in such lines."""
    dup_paragraph_ratio: float
    """Share of paragraphs that occur more than once."""
    dup_paragraph_char_ratio: float
    """Share of the paragraphs' characters in such paragraphs."""
    top_2gram_char_ratio: float
    """Occurrences × characters of the most frequent 2-gram (the longest of them), per word character."""
    top_3gram_char_ratio: float
    """The same of 3-grams; n-grams may overlap, so these three may exceed 1."""
    top_4gram_char_ratio: float
    """The same of 4-grams."""
    dup_5gram_char_ratio: float
    """Share of word characters in 5-grams that occur more than once, each word counted once."""
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


class PiiMeasures(NamedTuple):
    """Personal data in a text, by patterns and check digits; no name or postal address is looked for."""

    n_email: int
    """E-mail addresses."""
    n_phone: int
    """Phone numbers: international, in a common grouping, or announced by a word."""
    n_ip: int
    """Public IP addresses, version 4 and 6."""
    n_iban: int
    """Bank account numbers (ISO 13616) whose check digits hold."""
    n_credit_card: int
    """Card numbers of known issuers whose Luhn digit holds."""
    n_ssn: int
    """US social security numbers, with hyphens."""


class EditMeasures(NamedTuple):
    """How much of a text a clean step deleted. Words are counted as ``gopher.n_counted_words`` is."""

    n_bytes_before: int
    """UTF-8 bytes of the text that entered the step."""
    n_bytes_after: int
    """UTF-8 bytes of the text that left it."""
    n_words_before: int
    """Words of the text that entered."""
    n_words_after: int
    """Words of the text that left."""
    removed_word_ratio: float
    """Share of the words that are gone; 0 for a text without words."""


class PartMeasures(NamedTuple):
    """What a ``dedup_text`` step took from a text because other texts have it too."""

    n_parts: int
    """Paragraphs, lines or words of the text that entered the step."""
    n_removed: int
    """Of these, what was seen before; those that went with an emptied text are not counted."""
    n_grams: int | None
    """N-grams of all paragraphs; null where no n-grams are compared."""
    n_known_grams: int | None
    """N-grams that were known when their paragraph came."""
    is_emptied: bool
    """Whether no word is left, or the text as a whole was known."""


TextFamily = Literal[
    "gopher",
    "repetition",
    "datatrove_quality",
    "datatrove_repetition",
    "fineweb",
    "signals",
    "scripts",
    "licences",
    "pii",
]
TEXT_FAMILIES: tuple[TextFamily, ...] = get_args(TextFamily)[:5]
"""What a measure step measures unless its recipe says which: all that a recipe of ours asks."""

FAMILIES: dict[str, type] = {
    "language": LanguageMeasures,
    "line_languages": LineLanguageMeasures,
    "scripts": ScriptMeasures,
    "licences": LicenceMeasures,
    "url_lists": UrlMeasures,
    "words": WordMeasures,
    "gopher": GopherMeasures,
    "repetition": RepetitionMeasures,
    "datatrove_quality": DatatroveQualityMeasures,
    "datatrove_repetition": DatatroveRepetitionMeasures,
    "fineweb": FineWebMeasures,
    "signals": SignalMeasures,
    "stop_words": ListedMeasures,
    "flagged_words": ListedMeasures,
    "pii": PiiMeasures,
    "edit": EditMeasures,
    "c4": C4Measures,
    "parts": PartMeasures,
    "fingerprint": FingerprintMeasures,
}
"""Every family by the name of its column; a step writes some of them."""
