"""Dedup steps that take parts of texts: what was seen before goes, and the rest of the text stays."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.shapes import Crawls, Name, Positive, Ratio, Shape, in_one_way

GIB = 1 << 30


class ParagraphRules(Shape):
    """Paragraphs and texts whose n-grams were seen before, as DCLM's BFF removes them: ``[steps.paragraphs]``."""

    removes: Literal["old-both", "paragraph", "document"] = "old-both"
    """``old-both``: paragraphs, and the whole text if more than ``threshold`` of all its n-grams are known."""
    threshold: Ratio = 0.8
    """A paragraph or text goes if more than this share of its n-grams is known."""
    min_ngram: Positive = 13
    """Fewest words of a paragraph that may go."""
    max_ngram: Positive = 13
    """Words of an n-gram; a paragraph of fewer has one n-gram, of all its words."""
    shards: Positive = 1
    """Parts of the crawl, by a hash of the doc_id, which know nothing of each other. Each is one task's work and
    memory; more of them find fewer copies."""
    engine: Literal["bloom", "exact"] = "bloom"
    """A Bloom filter, or the n-grams' hashes themselves."""
    max_false_positives: Annotated[float, Field(gt=0, lt=1)] = 0.01
    """How often a full filter may take a new n-gram for a known one."""
    max_shard_bytes: Positive = GIB
    """Most memory that a shard's filter or hashes may take; more shards take less each."""
    keeps_seen: bool = False
    """Keep what every shard knows in the end, so that the next crawl goes on from there; its size is told first."""
    room_for_ngrams: Positive | None = None
    """N-grams of a shard that its filter is made for; without, those of this crawl. Who goes on with a filter for
    years must say so for the first one: a filter cannot grow."""

    @model_validator(mode="after")
    def _room_for_later_crawls(self) -> Self:
        if self.engine == "exact" and self.room_for_ngrams:
            raise PydanticCustomError("families", "room_for_ngrams: given with engine 'exact', whose sets grow")
        if self.engine == "bloom" and self.keeps_seen and not self.room_for_ngrams:
            raise PydanticCustomError("families", "keeps_seen: a filter that is kept needs room_for_ngrams")
        return self

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if self.min_ngram > self.max_ngram:
            raise PydanticCustomError(
                "families", f"min_ngram: given {self.min_ngram}; allowed: up to max_ngram, {self.max_ngram}"
            )
        return self


class LineRules(Shape):
    """Lines that many pages of one host have, such as menus: ``[steps.lines]`` of a dedup step."""

    max_documents: Positive = 10
    """Of one host; a line that more of its documents have goes from all of them."""
    min_chars: Positive = 1
    """Shorter lines stay, however often they come."""
    normalise: Literal["none", "ccnet"] = "none"
    """When two lines are equal: without white space around, or as CCNet compares them, without case, marks and with all
    digits one."""


class SubstringRules(Shape):
    """Long runs of words that stand elsewhere in the same unit too: ``[steps.substrings]``."""

    min_tokens: Positive = 50
    """Fewest words of a run, punctuation marks among them."""
    keep_first: bool = True
    """Leave a run's first copy, by doc_id; else all of them go."""
    max_unit_bytes: Positive = 4 * GIB
    """Most memory that a unit may take: about ten times its texts. Smaller units take less: ``files_per_unit``."""


class TextDedupStep(Shape):
    """Take from every text what other texts have too, in one way; later steps read what is left."""

    name: Name
    kind: Literal["dedup_text"]
    earlier: Crawls = ()
    """Crawls of the same warehouse that came before, the oldest first: what the last of them kept is known from the
    start. Of paragraphs only."""
    paragraphs: ParagraphRules | None = None
    lines: LineRules | None = None
    substrings: SubstringRules | None = None

    @model_validator(mode="after")
    def _in_one_way(self) -> Self:
        ways = {name: getattr(self, name) is not None for name in ("paragraphs", "lines", "substrings")}
        in_one_way(ways)
        if not any(ways.values()):
            told = "there should be a section: [steps.paragraphs], [steps.lines] or [steps.substrings]; it may be empty"
            raise PydanticCustomError("families", told)
        if self.earlier and not self.paragraphs:
            raise PydanticCustomError("families", "earlier: only paragraphs are held against those of other crawls")
        return self

    @property
    def keeps_seen(self) -> bool:
        """Whether what the step knows in the end is kept."""
        return self.paragraphs is not None and self.paragraphs.keeps_seen
