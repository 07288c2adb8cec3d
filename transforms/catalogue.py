"""What is measured, in words, and which rules and recipes ask it: read from the code, so that it cannot differ."""

import ast
import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import dedent
from typing import Any, get_args

from schemas.measures import FAMILIES
from schemas.recipe import Recipe
from schemas.shapes import Shape
from schemas.steps import CleanStep, MeasureStep

SECTIONS = {"url_lists": "url"}
"""Family → the recipe's section that asks it, where their names differ."""

_UNITS = {"_ratio": "share", "_chars": "characters", "_bytes": "bytes", "_score": "probability", "_entropy": "nats"}
_PER_WORD = {f"{name}_word_ratio" for name in ("symbol", "hash", "ellipsis", "newline")}
# Rules whose name is not that of the measure with min_ or max_ before it.
_ASKED_BY = {
    ("language", "language"): ("allowed",),
    ("language", "language_score"): ("min_score", "min_scores", "is_above"),
    ("gopher", "n_counted_words"): ("min_words", "max_words"),
    ("scripts", "top_script"): ("allowed",),
    ("licences", "n_licences"): ("allowed",),
    ("licences", "licence_kind"): ("allowed",),
    ("words", "mean_word_chars"): ("min_mean_word_chars", "max_mean_word_chars"),
    ("url_lists", "is_listed_domain"): ("domains",),
    ("url_lists", "is_listed_netloc"): ("domains", "is_exact"),
    ("url_lists", "n_strict"): ("strict_words",),
    ("url_lists", "n_hard"): ("hard_words",),
    ("url_lists", "n_soft"): ("soft_words", "min_soft_words"),
}


@dataclass(frozen=True)
class Entry:
    """One measure.

    Attributes:
        family: Its family: a column of ``measures``.
        measure: Its name in the family.
        unit: ``count``, ``share``, ``per word``, …
        meaning: What it is, in a sentence.
        source: Where the family comes from.
        rules: Rule of a recipe that asks it → default.
        recipes: Names of recipes that ask it.
    """

    family: str
    measure: str
    unit: str
    meaning: str
    source: str
    rules: dict[str, Any]
    recipes: tuple[str, ...]


def catalogue(recipes: Sequence[Recipe]) -> list[Entry]:
    """Give an entry for each measure, in the order of the tables."""
    told = []
    for name, family in FAMILIES.items():
        source = (family.__doc__ or "").partition("\n")[0].rstrip(".")
        for measure, meaning in docs_of(family).items():
            rules = _rules(name, measure)
            users = tuple(recipe.name for recipe in recipes if rules and _asks(recipe, _owner(name, measure)))
            told.append(Entry(name, measure, _unit(family, measure), meaning, source, rules, users))
    return told


def docs_of(family: type) -> dict[str, str]:
    """Give the docstring behind each field of a class, by field."""
    [body] = [node.body for node in ast.parse(dedent(inspect.getsource(family))).body if isinstance(node, ast.ClassDef)]
    told = {}
    for field, doc in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(doc, ast.Expr) and isinstance(doc.value, ast.Constant):
            told[ast.unparse(field.target)] = " ".join(str(doc.value.value).split())
    return told


def _owner(family: str, measure: str) -> str:
    """Give the section that asks a measure; words' mean length is asked by Gopher's rules."""
    return "gopher" if (family, measure) == ("words", "mean_word_chars") else SECTIONS.get(family, family)


def _section(name: str) -> type[Shape] | None:
    """Give the shape of a recipe's section."""
    for step in (MeasureStep, CleanStep):
        field = step.model_fields.get(name)
        for kind in get_args(field.annotation) if field else ():
            if isinstance(kind, type) and issubclass(kind, Shape):
                return kind
    return CleanStep if name == "edit" else None


def _rules(family: str, measure: str) -> dict[str, Any]:
    section = _section(_owner(family, measure))
    if section is None:
        return {}
    plain = measure.removeprefix("n_")
    names = _ASKED_BY.get((family, measure), (f"min_{measure}", f"max_{measure}", f"min_{plain}", f"max_{plain}"))
    fields = section.model_fields
    return {
        name: fields[name].get_default(call_default_factory=True) for name in dict.fromkeys(names) if name in fields
    }


def _asks(recipe: Recipe, section: str) -> bool:
    """Say whether a step of the recipe has the section; every clean step says how many words it may take."""
    if section == "edit":
        return any(isinstance(step, CleanStep) for step in recipe.steps)
    return any(getattr(step, section, None) is not None for step in recipe.steps)


def _unit(family: type, measure: str) -> str:
    kind = family.__annotations__[measure]
    if kind is bool:
        return "yes or no"
    if measure.startswith("n_"):
        return "count"
    if measure in _PER_WORD:
        return "per word"
    return next((unit for ending, unit in _UNITS.items() if measure.endswith(ending)), "text")
