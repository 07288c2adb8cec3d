"""Measures held against limits, as conditions that are true where a document breaks the rule.

A comparison with NaN or null must not let a document pass, so doubtful values count as broken.
"""

from collections.abc import Mapping
from typing import NamedTuple

from pyspark.sql import Column
from pyspark.sql import functions as F

from schemas.measures import FAMILIES
from schemas.shapes import Shape

Rules = dict[str, Column]
"""Reason → its condition."""


class Limit(NamedTuple):
    """One end of what is allowed."""

    measure: str
    """Its name in the family."""
    is_least: bool
    """Whether values from it on are allowed, or those up to it."""
    value: float


def limits_of(family: str, rules: Shape, names: set[str] | None = None) -> dict[str, Limit]:
    """Give reason → limit: ``min_x`` and ``max_x`` are of ``x`` or ``n_x``; ``names``: only these limits."""
    told: dict[str, Limit] = {}
    measures = FAMILIES[family].__annotations__
    for rule, limit in rules.model_dump(include=names, exclude={"languages"}).items():
        if limit is None:
            continue
        side, name = rule[:3], rule[4:]
        measure = name if name in measures else f"n_{name}"
        twice = f"max_{name}" in type(rules).model_fields and f"min_{name}" in type(rules).model_fields
        reason = f"{family}:{'low_' if side == 'min' else 'high_'}{name}" if twice else f"{family}:{name}"
        told[reason] = Limit(measure, side == "min", limit)
    return told


def limit_reasons(family: str, rules: Shape, names: set[str] | None = None) -> Rules:
    """Hold measures against the limits of ``limits_of``."""
    told: Rules = {}
    for reason, limit in limits_of(family, rules, names).items():
        value = F.col(family)[limit.measure].cast("double")
        told[reason] = ~at_least(value, limit.value) if limit.is_least else ~at_most(value, limit.value)
    return told


def listed_reasons(family: str, rules: Shape) -> Rules:
    """Ask how many listed words a text has; without a list for its language, nothing is asked."""
    is_language_listed = F.coalesce(F.col(family)["is_language_listed"], F.lit(False))
    limits = limit_reasons(family, rules, set(type(rules).model_fields) - {"lists"})
    return {name: is_language_listed & fails for name, fails in limits.items()}


def limit_by_language(common: Column, own: Mapping[str, float]) -> Column:
    """Give the limit of a text's language, where it has its own."""
    limit = common
    for label, value in own.items():
        limit = F.when(F.col("language.language") == label, F.lit(value)).otherwise(limit)
    return limit


def at_least(value: Column, limit: float | Column) -> Column:
    """True for a number ≥ limit; false for NaN (which Spark sorts above every number) and null."""
    return F.coalesce(~F.isnan(value) & (value >= limit), F.lit(False))


def at_most(value: Column, limit: float | Column) -> Column:
    """True for a number ≤ limit; false for NaN and null."""
    return F.coalesce(~F.isnan(value) & (value <= limit), F.lit(False))
