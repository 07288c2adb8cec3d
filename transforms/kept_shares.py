"""What gates ask of kept documents, as shares of them: one pass, one row, whatever a recipe asks."""

from collections.abc import Mapping
from functools import reduce
from operator import and_

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from schemas.gates import CURATED_NULLS, PII, Gates
from transforms.limits import at_least, at_most


def measured_shares(gates: Gates) -> dict[str, Column]:
    """Give the gates that ask measures: metric → the condition whose share it is.

    They are conditions over one column for each of ``gates.measures()``, named ``family.measure``. What is not known
    lies outside of a range, and counts as personal data.
    """
    told = {f"outside_ratio.{name}": ~_inside(_value(name), one.min, one.max) for name, one in gates.ranges.items()}
    told |= {f"null_ratio.{name}": _value(name).isNull() for name in gates.max_null_ratios if name not in CURATED_NULLS}
    if gates.max_pii_ratio is not None:
        has_none = [_value(name) == 0 for name in PII]
        told["pii_ratio"] = ~F.coalesce(reduce(and_, has_none), F.lit(False))
    return told


def curated_shares(gates: Gates) -> dict[str, Column]:
    """Give the gates that ask columns of ``curated``, as ``measured_shares`` does."""
    return {f"null_ratio.{name}": F.col(name).isNull() for name in gates.max_null_ratios if name in CURATED_NULLS}


def shares(rows: DataFrame, conditions: Mapping[str, Column]) -> dict[str, float]:
    """Give the share of the rows for which each condition is true; of no rows 0. One Spark job, or none."""
    if not conditions:
        return {}
    counts = [F.count(F.when(condition, True)).alias(f"c{i}") for i, condition in enumerate(conditions.values())]
    n, *found = rows.agg(F.count("*"), *counts).collect()[0]
    return {name: count / max(1, n) for name, count in zip(conditions, found, strict=True)}


def _value(name: str) -> Column:
    return F.col(f"`{name}`")


def _inside(value: Column, low: float | None, high: float | None) -> Column:
    value = value.cast("double")
    above = F.lit(True) if low is None else at_least(value, low)
    return above & (F.lit(True) if high is None else at_most(value, high))
