"""What paragraph dedup removes (BFF, Groeneveld 2023), and how it cuts texts for that."""

from dataclasses import dataclass
from typing import Literal

from transforms.text.paragraphs import CutTexts, Grams, cut_texts, paragraph_tables
from transforms.text.unicode import Bytes, Longs

Removes = Literal["old-both", "paragraph", "document"]
"""``old-both``: paragraphs, and the whole text if more than that share of all its paragraphs' n-grams are known."""


@dataclass(frozen=True)
class DedupRules:
    """What is removed; the defaults are DCLM-Baseline's.

    Raises:
        ValueError: a field is not one of its values, or out of range.
    """

    removes: Removes = "old-both"
    threshold: float = 0.8
    """A paragraph or a text goes if a larger share of its n-grams than this is known, 0 to 1."""
    min_ngram: int = 13
    """Fewest words of a paragraph that may go; 1 or more."""
    max_ngram: int = 13
    """Words of an n-gram; a paragraph of fewer has one n-gram, of all its words."""

    def __post_init__(self) -> None:
        """Check every field."""
        if self.removes not in {"old-both", "paragraph", "document"}:
            raise ValueError(f"removes: given {self.removes!r}; allowed: old-both, paragraph, document")
        if not 0 <= self.threshold <= 1:
            raise ValueError(f"threshold: given {self.threshold}; allowed: 0 to 1")
        if not 1 <= self.min_ngram <= self.max_ngram < 1 << 31:
            raise ValueError(f"n-grams of {self.min_ngram} to {self.max_ngram} words; allowed: 1 or more, ascending")

    def cut(self, data: Bytes, offsets: Longs) -> CutTexts:
        """Cut texts into the paragraphs and n-grams that are asked; arguments as for ``ParagraphDedup.dedup``."""
        return cut_texts(
            data, offsets, paragraph_tables(), Grams(self.min_ngram, self.max_ngram, self.removes == "document")
        )
