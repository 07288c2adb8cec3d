"""What a run will take, by what earlier ones took: rates out of ``runs``, and jobs at these rates."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from schemas.classify import ClassifyStep
from schemas.recipe import Recipe
from schemas.steps import DedupStep
from schemas.text_dedup import TextDedupStep
from transforms.dedup.signing import signing_of
from transforms.fields import Row

_LATEST = 5
_ID_BYTES = 40
"""Of a doc_id in a shuffle, with its length; a 64-bit hash takes 8 beside it, one of 128 bits 32 hex characters."""


class Rate(NamedTuple):
    """How fast a job was."""

    core_seconds: float
    """For one document."""
    n_documents: int
    """Of the run that says so."""


def jobs_of(recipe: Recipe) -> list[str]:
    """Name a recipe's jobs as ``runs`` does, in their order."""
    told = ["ingest", "measure"]
    for step in recipe.steps:
        if isinstance(step, ClassifyStep):
            told.append(f"classify {step.name}")
        elif isinstance(step, DedupStep):
            told.append(f"dedup {step.name}")
        elif isinstance(step, TextDedupStep):
            told += [f"dedup {step.name}", f"measure after {step.name}"]
    return [*told, "curate", *(["tokens"] if recipe.tokens else []), "publish"]


def rates(runs: Iterable[Row], n_documents: Mapping[str, int]) -> dict[str, Rate]:
    """Say how fast each job is: of its latest five runs that of the most documents, least bent by what every run takes.

    Args:
        runs: Rows of ``runs``.
        n_documents: Crawl → its documents: of a job that compares, ``runs`` counts what it removed.
    """
    told: dict[str, list[Rate]] = {}
    for row in sorted(runs, key=lambda row: row["finished_at"], reverse=True):
        is_whole = row["job"].startswith("dedup ")
        n = n_documents.get(row["crawl"], 0) * (row["n_units"] > 0) if is_whole else row["n_documents"]
        if n and row["n_cores"]:
            told.setdefault(row["job"], []).append(Rate(row["seconds"] * row["n_cores"] / n, n))
    return {job: max(mine[:_LATEST], key=lambda rate: rate.n_documents) for job, mine in told.items()}


def rate_of(job: str, known: Mapping[str, Rate]) -> Rate | None:
    """Give a job's rate; where it never ran itself, the slowest of its kind (``dedup``, ``measure``)."""
    if job in known:
        return known[job]
    alike = [rate for name, rate in known.items() if name.split()[0] == job.split(maxsplit=1)[0]]
    return max(alike, default=None)


def shuffled_bytes(recipe: Recipe, job: str, n_documents: int, words: float) -> int | None:
    """Estimate what a job shuffles, by what its step sends: ids and hashes, never texts; None: nobody can say.

    Args:
        recipe: Whose job.
        job: As ``jobs_of`` names it.
        n_documents: That come to it.
        words: Of a document, on average.
    """
    kind, _, name = job.partition(" ")
    if kind != "dedup":
        return 0
    step = next(step for step in recipe.steps if step.name == name)
    if isinstance(step, TextDedupStep):
        return int(n_documents * (_ID_BYTES + 8 * words))  # a hash for each word at which an n-gram begins
    if not isinstance(step, DedupStep) or step.method == "semantic":
        return None
    if step.method == "near":
        n_bands = signing_of(step.near_rules).cut[0]
        return n_documents * (_ID_BYTES + 8) * n_bands
    return n_documents * (_ID_BYTES + 32)


def forecast(jobs: Mapping[str, int], known: Mapping[str, Rate], n_cores: int) -> list[Row]:
    """Reckon what jobs take: job, n_documents, core_seconds and seconds (None: nothing is known of such a job).

    Args:
        jobs: Job → documents that come to it.
        known: Of ``rates``.
        n_cores: That work on it.
    """
    told: list[Row] = []
    for job, n_documents in jobs.items():
        rate = rate_of(job, known)
        work = None if rate is None else rate.core_seconds * n_documents
        seconds = None if work is None else work / n_cores
        told.append({"job": job, "n_documents": n_documents, "core_seconds": work, "seconds": seconds})
    return told
