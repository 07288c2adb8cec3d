"""An index and the recipe's ``[subset]`` → which byte ranges of which files are read."""

from dataclasses import dataclass

from pyspark.sql import DataFrame

from jobs.common import files
from jobs.common.context import Context
from schemas.errors import RecipeError
from schemas.index import CC_INDEX
from schemas.ingest import Subset
from transforms.subset import ranges


@dataclass(frozen=True)
class Asked:
    """What an index asks of one file: how many bytes, and a fingerprint that changes with the ranges."""

    n_bytes: int
    fingerprint: str


def choose(context: Context) -> dict[str, Asked]:
    """Ask the index once, keep the ranges in the warehouse's scratch folder, and say what is asked of each file.

    Raises:
        RecipeError: the index cannot be read, lacks a column, or has no record that the recipe chooses.
    """
    index = _index(context)
    base = context.given.base or files.absolute(context.given.index or "").rpartition("/")[0]
    found = index.transform(ranges, context.recipe.subset or Subset(), base.rstrip("/"))
    found.write.mode("overwrite").parquet(ranges_path(context))
    rows = chosen_ranges(context).select("uri", "n_bytes", "fingerprint").collect()  # a row a file
    if not rows:
        raise RecipeError(f"--index: no record of {context.given.index} is what [subset] asks for")
    return {row["uri"]: Asked(row["n_bytes"], row["fingerprint"]) for row in rows}


def chosen_ranges(context: Context) -> DataFrame:
    """Give the ranges that ``choose`` kept: ``uri``, ``ranges``, ``n_bytes``, ``fingerprint``."""
    return context.warehouse.spark.read.parquet(ranges_path(context))


def ranges_path(context: Context) -> str:
    """Give the scratch folder of a crawl's ranges."""
    return f"{context.warehouse.root}/staging/{context.recipe.crawl}-ranges"


def _index(context: Context) -> DataFrame:
    try:
        index = context.warehouse.spark.read.parquet(str(context.given.index))
        missing = [name for name in CC_INDEX.names if name not in index.columns]
    except Exception as error:  # Spark says in many ways that a path is not there or holds no Parquet
        raise RecipeError(f"--index: {context.given.index}: {str(error).strip().splitlines()[0][:300]}") from None
    if missing:
        raise RecipeError(f"--index: {context.given.index} has no column {', '.join(missing)}")
    return index.select(*CC_INDEX.names)
