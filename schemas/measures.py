"""What is measured about a text: one NamedTuple per family, one field per measure.

The field is the measure's one name everywhere: kernel output, table column, recipe and report.
Counts start with ``n_``, shares in [0, 1] end with ``_ratio``. Nothing here knows Spark, so a
worker that measures loads only this and the kernels.
"""

from typing import NamedTuple


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


class LanguageMeasures(NamedTuple):
    """The language of a text by a fastText model, new-lines read as spaces."""

    language: str | None
    """Top label (ISO 639 code); null when the model gives none, as for a text without letters."""
    language_score: float
    """The label's probability in [0, 1]; 0 when there is none."""


class FingerprintMeasures(NamedTuple):
    """Hashes that stand in for the text, so that later steps need not read it again."""

    text_sha256: str
    """Hex sha256 of the UTF-8 text."""
    exact_hash: str
    """Hex, first 128 bits of sha256 of the normalised text; equal texts share it."""
