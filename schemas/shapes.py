"""What a recipe is made of: sections, and values whose type says their unit.

``Ratio`` is a share in [0, 1], ``Count`` a whole number, ``PerWord`` a number per word that may exceed 1.
"""

import difflib
from collections.abc import Mapping
from typing import Annotated, Any, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

T = TypeVar("T")
# TOML has arrays, not tuples: only here may a value be of another type than its field.
Several = Annotated[tuple[T, ...], Field(strict=False)]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]
Ratio = Annotated[float, Field(ge=0, le=1)]
PerWord = Annotated[float, Field(ge=0)]
HttpStatus = Annotated[int, Field(ge=100, le=599)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
# A name becomes a folder and a partition value, so it must be harmless as both.
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]


def _each_once(given: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(given)) < len(given):
        raise PydanticCustomError("earlier", "input should name each crawl once")
    return given


Crawls = Annotated[Several[Name], AfterValidator(_each_once)]


class Shape(BaseModel):
    """A section of a recipe: frozen, of the types as written, and a key that it does not know is an error."""

    model_config = ConfigDict(frozen=True, strict=True)

    @model_validator(mode="before")
    @classmethod
    def _known_keys_only(cls, given: Any) -> Any:
        for key in given if isinstance(given, dict) else ():
            if key not in cls.model_fields:
                close = difflib.get_close_matches(str(key), cls.model_fields, n=1)
                hint = f" (did you mean '{close[0]}'?)" if close else ""
                allowed = ", ".join(cls.model_fields)
                text = f"unknown key {key!r}{hint}; allowed: {allowed}"
                raise PydanticCustomError("unknown_key", "{text}", {"text": text})
        return given


class ByLanguage(Shape):
    """Rules whose thresholds may differ by language: ``[steps.gopher.languages.de]``."""

    languages: dict[str, Self] = {}
    """Label of the language model → rules for its texts; what a table leaves out is as for all others."""

    @model_validator(mode="before")
    @classmethod
    def _each_whole(cls, given: Any) -> Any:
        own = given.get("languages") if isinstance(given, dict) else None
        if not isinstance(own, dict):
            return given
        if any("languages" in rules for rules in own.values() if isinstance(rules, dict)):
            raise PydanticCustomError("languages", "languages within a language: give each a table of its own")
        for_all = {key: value for key, value in given.items() if key != "languages"}
        whole = {label: for_all | rules if isinstance(rules, dict) else rules for label, rules in own.items()}
        return given | {"languages": whole}


def in_one_way(ways: Mapping[str, bool]) -> None:
    """Make sure that one thing is not asked for in two ways; ``ways``: how → whether it was asked so.

    Raises:
        PydanticCustomError: two are given; names the first two.
    """
    given = [way for way, is_given in ways.items() if is_given]
    if len(given) > 1:
        raise PydanticCustomError("families", f"{given[0]}: given beside {given[1]}; allowed: one of them")


class TablePath(Shape):
    """A table of the user's; in a recipe just its path or URI."""

    path: str
    """As written: a URI, an absolute path, or one from the recipe's own folder."""

    @model_validator(mode="before")
    @classmethod
    def _written_as_path(cls, given: Any) -> Any:
        return {"path": given} if isinstance(given, str) else given


class ListFile(TablePath):
    """A file of words or domains, one a line; in a recipe just its path or URI."""

    sha256: Sha256 | None = None
    """Of the file as it was when the command started: what a list says is part of a step's id."""
