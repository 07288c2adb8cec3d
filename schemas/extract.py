"""The recipe's ``[extract]``: which engine turns HTML into text, and the options of that engine.

What the engines do, and where they come from, is told in ``transforms/extractors``.
"""

from typing import Any, Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from schemas.shapes import Count, Ratio, Several, Shape


class Resiliparse(Shape):
    """``[extract.resiliparse]``: flags of resiliparse's ``extract_plain_text``; the defaults are DCLM's."""

    main_content: bool = True
    preserve_formatting: bool = True
    list_bullets: bool = True
    alt_texts: bool = True
    links: bool = False
    form_fields: bool = False
    noscript: bool = False
    comments: bool = True


class Trafilatura(Shape):
    """``[extract.trafilatura]``: flags of trafilatura's ``extract``; the defaults are datatrove's (FineWeb).

    Its duplicate check makes texts depend on earlier pages; it is always off and no flag here.
    """

    favor_precision: bool = True
    favor_recall: bool = False
    fast: bool = False
    """Leave out the fallbacks (readability, jusText) for pages on which trafilatura's own rules find little."""
    include_comments: bool = False
    include_tables: bool = True
    include_links: bool = False
    include_formatting: bool = False

    @model_validator(mode="after")
    def _one_favour(self) -> Self:
        if self.favor_precision and self.favor_recall:
            raise PydanticCustomError("favour", "favor_precision (by default true) and favor_recall exclude each other")
        return self


class Justext(Shape):
    """``[extract.justext]``: jusText's thresholds; the defaults are the package's, but for the stop lists."""

    stop_lists: Several[str] = ()
    """Names of jusText's lists, such as ``English``; empty: all of them as one."""
    length_low: Count = 70
    """Characters below which a paragraph is short and judged by its neighbours."""
    length_high: Count = 200
    """Characters above which a paragraph with enough stop words is good whatever its neighbours are."""
    stopwords_low: Ratio = 0.30
    stopwords_high: Ratio = 0.32
    max_link_density: Ratio = 0.2
    max_heading_distance: Count = 200
    """Characters between a heading and the good paragraph for which it is kept."""
    no_headings: bool = False

    @model_validator(mode="after")
    def _limits_leave_room(self) -> Self:
        for name in ("length", "stopwords"):
            low, high = getattr(self, f"{name}_low"), getattr(self, f"{name}_high")
            if low > high:
                raise PydanticCustomError("limits", f"{name}_low ({low}) is above {name}_high ({high})")
        return self


_WITH_OPTIONS = ("resiliparse", "trafilatura", "justext")


class Extract(Shape):
    """How HTML becomes text: the engine, and its options; the other engines' sections are None."""

    engine: Literal["resiliparse", "trafilatura", "justext", "wet"] = "resiliparse"
    """``wet`` is the whole text, as in Common Crawl's WET files; it has no options."""
    resiliparse: Resiliparse | None = None
    trafilatura: Trafilatura | None = None
    justext: Justext | None = None

    @model_validator(mode="before")
    @classmethod
    def _options_of_the_engine_only(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        engine = given.get("engine", "resiliparse")
        for name in _WITH_OPTIONS:
            if name in given and name != engine:
                allowed = f"[extract.{engine}]" if engine in _WITH_OPTIONS else "no options"
                text = f"given [extract.{name}] with engine {engine!r:.80}; allowed: {allowed}"
                raise PydanticCustomError("other_engine", "{text}", {"text": text})
        return {engine: {}, **given} if engine in _WITH_OPTIONS else given
