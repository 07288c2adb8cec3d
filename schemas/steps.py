"""The steps of a recipe: what each kind is told."""

from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, field_validator, model_validator
from pydantic_core import PydanticCustomError

from schemas.classify import ClassifyStep
from schemas.dedup import NearRules, SemanticRules
from schemas.edits import C4Rules, LineRules, LinkRules
from schemas.measures import TEXT_FAMILIES, TextFamily
from schemas.rules import (
    DatatroveQualityRules,
    DatatroveRepetitionRules,
    FineWebRules,
    FlaggedWordRules,
    GopherRules,
    LanguageRules,
    LicenceRules,
    LineLanguageRules,
    PiiRules,
    RepetitionRules,
    ScriptRules,
    SignalRules,
    SourceRules,
    StopWordRules,
    UrlRules,
)
from schemas.shapes import Crawls, Name, Positive, Ratio, Several, Shape
from schemas.text_dedup import TextDedupStep


class MeasureStep(Shape):
    """Measure every text once; the sections are thresholds over the written numbers."""

    name: Name
    kind: Literal["measure"]
    normalise: Literal["none", "whitespace_lower", "ccnet"] = "whitespace_lower"
    """How a later exact dedup compares two texts: as they are; in lower case, runs of white space as one space; or as
    CCNet does: in lower case, digits as 0, without its set of punctuation marks and without control characters."""
    families: Several[TextFamily] = TEXT_FAMILIES
    """What to measure of the text beside its size and fingerprint; fewer take less time."""
    source: SourceRules | None = None
    url: UrlRules | None = None
    language: LanguageRules | None = None
    line_languages: LineLanguageRules | None = None
    scripts: ScriptRules | None = None
    licences: LicenceRules | None = None
    gopher: GopherRules | None = None
    repetition: RepetitionRules | None = None
    datatrove_quality: DatatroveQualityRules | None = None
    datatrove_repetition: DatatroveRepetitionRules | None = None
    fineweb: FineWebRules | None = None
    signals: SignalRules | None = None
    stop_words: StopWordRules | None = None
    flagged_words: FlaggedWordRules | None = None
    pii: PiiRules | None = None

    @model_validator(mode="after")
    def _asks_what_it_measures(self) -> Self:
        for family in get_args(TextFamily):
            if getattr(self, family) is not None and family not in self.families:
                raise PydanticCustomError("families", f"families must hold '{family}', whose rules are given")
        for section in ("line_languages", "stop_words", "flagged_words"):
            if getattr(self, section) is not None and self.language is None:
                raise PydanticCustomError("families", f"{section} needs the section 'language' in the same step")
        for section in get_args(TextFamily):
            if getattr(getattr(self, section), "languages", None) and self.language is None:
                raise PydanticCustomError(
                    "families", f"{section}.languages needs the section 'language' in the same step"
                )
        return self

    def measured(self) -> tuple[str, ...]:
        """Give the families that the step writes."""
        asked: dict[str, Shape | None] = {"url_lists": self.url, "language": self.language}
        asked |= {"line_languages": self.line_languages}
        asked |= {"stop_words": self.stop_words, "flagged_words": self.flagged_words}
        return (*(name for name, rules in asked.items() if rules), "words", *self.families, "fingerprint")

    def asked(self) -> tuple[str, ...]:
        """Give the families that decisions need: those with rules, size, language and fingerprint."""
        always = ("language", "words", "fingerprint")
        sections = {"url_lists": self.url}
        return tuple(
            name
            for name in self.measured()
            if name in always or sections.get(name, getattr(self, name, None)) is not None
        )


class CleanStep(Shape):
    """Delete parts of every text; later steps read what is left, and the step's measures say how much it was."""

    name: Name
    kind: Literal["clean"]
    links: LinkRules | None = None
    max_newlines: Positive | None = None
    """Most new-lines in a row; without, all stay."""
    lines: LineRules | None = None
    c4: C4Rules | None = None
    """Done after the others; the lines that stay are joined anew."""
    redact: Several[Literal["email", "phone", "ip", "iban", "credit_card", "ssn"]] = ()
    """Kinds of personal data to replace by placeholders such as ``<EMAIL>``; done last."""
    max_removed_word_ratio: Ratio = 1.0
    """Most of a text's words that may be deleted before the document goes."""

    def measured(self) -> tuple[str, ...]:
        """Give the families that the step writes."""
        return ("edit", "c4") if self.c4 else ("edit",)

    def asked(self) -> tuple[str, ...]:
        """Give the families that decisions need."""
        return self.measured()


TextStep = MeasureStep | CleanStep


SCORE_ORDER = "score:"
"""What stands before a model's name where its score is an order of survivors."""


def _known_order(given: str) -> str:
    if given not in ("longest", "oldest", "newest") and not given.startswith(SCORE_ORDER):
        allowed = "input should be 'longest', 'oldest', 'newest' or 'score:' with a model's name"
        raise PydanticCustomError("survivor", allowed)
    return given


class DedupStep(Shape):
    """Keep one of each set of copies."""

    name: Name
    kind: Literal["dedup"]
    method: Literal["exact", "url", "near", "semantic"] = "exact"
    """Copies by equal texts, as the measure step before normalises them; by equal addresses; by texts that are nearly
    equal; or by embeddings that are."""
    survivor: Several[Annotated[str, AfterValidator(_known_order)]] = ("longest", "oldest")
    """Who stays, most important first; the smallest doc_id settles what is still even. ``score:<model>``: whom the
    model of an earlier classify step finds best; who has no score comes last."""
    earlier: Crawls = ()
    """Crawls of the same warehouse that came before, the oldest first: what survived there stays."""
    near: NearRules | None = None
    semantic: SemanticRules | None = None

    @field_validator("survivor")
    @classmethod
    def _each_once(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if not given or len(set(given)) < len(given):
            raise PydanticCustomError("survivor", "input should name one or more, each once")
        return given

    @model_validator(mode="after")
    def _rules_of_its_method(self) -> Self:
        for name in ("near", "semantic"):
            if getattr(self, name) is not None and self.method != name:
                raise PydanticCustomError("families", f"{name}: given with method '{self.method}'; allowed: '{name}'")
        if self.method == "semantic" and self.semantic is None:
            told = "method 'semantic' needs a section [steps.semantic] that says where the embeddings are"
            raise PydanticCustomError("families", told)
        return self

    @property
    def near_rules(self) -> NearRules:
        """What counts as a near copy; the defaults where the step says nothing."""
        return self.near or NearRules()


RewritingStep = CleanStep | TextDedupStep
AnyStep = MeasureStep | CleanStep | DedupStep | TextDedupStep | ClassifyStep
