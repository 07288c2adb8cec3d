"""Which threshold keeps a share: exact, from histograms that narrow around it.

Each pass counts values in a fixed number of equal steps, and the next one looks only into the step that the
threshold lies in; so what the driver is given never grows with the documents.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from transforms.fields import Row
from transforms.limits import at_least

STEPS = 4096


@dataclass(frozen=True)
class Range:
    """Where the threshold lies.

    Attributes:
        low: Least value that it may be.
        high: Greatest value that it may be.
        above: Weight of the values above ``high``.
    """

    low: float
    high: float
    above: int = 0

    @property
    def is_found(self) -> bool:
        """Whether one value is left."""
        return self.low == self.high


def whole_range(values: DataFrame) -> DataFrame:
    """Give one row: low, high (null without values), n and weight of all.

    Args:
        values: ``value`` (double; null and NaN are left out of low and high) and ``weight`` (long).
    """
    is_number = _is_number(F.col("value"))
    found = F.when(is_number, F.col("value"))
    return values.agg(
        F.min(found).alias("low"),
        F.max(found).alias("high"),
        F.count("*").alias("n"),
        F.sum("weight").alias("weight"),
        F.sum(F.when(is_number, F.col("weight"))).alias("number_weight"),
    )


def steps_of(within: Range) -> Callable[[DataFrame], DataFrame]:
    """Sum weights by equal steps of a range; gives low, high and weight of each step that holds values."""
    value = F.col("value")
    share = (value - within.low) / F.lit(within.high - within.low)
    step = F.least(F.floor(share * STEPS), F.lit(STEPS - 1)).alias("step")

    def counted(values: DataFrame) -> DataFrame:
        inside = values.where(_is_number(value) & (value >= within.low) & (value <= within.high))
        sums = (F.min("value").alias("low"), F.max("value").alias("high"), F.sum("weight").alias("weight"))
        return inside.groupBy(step).agg(*sums)

    return counted


def narrowed(within: Range, steps: Sequence[Row], wanted: int) -> Range:
    """Give the step in which the values from the top down first weigh ``wanted`` or more.

    Args:
        within: The range that was counted.
        steps: Rows of ``steps_of`` it.
        wanted: Weight to keep; at least 1, and no more than the values from ``within.low`` on weigh.
    """
    above = within.above
    for step in sorted(steps, key=lambda row: -row["low"]):
        if above + step["weight"] >= wanted:
            return replace(within, low=step["low"], high=step["high"], above=above)
        above += step["weight"]
    raise ValueError("values weigh less than is wanted")


def kept_by(values: DataFrame, threshold: float) -> DataFrame:
    """Give one row: n_kept, kept_weight of values at or above the threshold, and n_ties at it."""
    passes = at_least(F.col("value"), threshold)
    return values.agg(
        F.sum(passes.cast("long")).alias("n_kept"),
        F.sum(F.when(passes, F.col("weight"))).alias("kept_weight"),
        F.sum((passes & (F.col("value") == threshold)).cast("long")).alias("n_ties"),
    )


def _is_number(value: Column) -> Column:
    """True for what a threshold can let pass: neither null nor NaN."""
    return value.isNotNull() & ~F.isnan(value)
