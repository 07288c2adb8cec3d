"""A snapshot held against what was written of it when it was made: each check with what was expected and found."""

from collections.abc import Sequence

from pyspark.sql import functions as F

from jobs.common.data_files import checksums, data_files, strays
from jobs.common.manifest import read_manifest
from jobs.common.snapshots import decided
from jobs.common.tables import Warehouse
from schemas.tables import CURATED
from transforms.digests import DIGESTED, digest, texts_digest
from transforms.fields import Row

_SAME = ("digest", "texts_digest", "n_documents", "n_kept", "n_kept_words", "population_id", "recipe_fingerprint")


def verified(warehouse: Warehouse, snapshot: Row) -> list[Row]:
    """Recompute what a snapshot's manifest says of it.

    Args:
        warehouse: Where it is.
        snapshot: Its registry row.

    Returns:
        check, expected, found (texts for people) and is_held (None: could not be asked) of each check.

    Raises:
        RecipeError: there is no manifest.
    """
    name = snapshot["snapshot_id"]
    manifest = read_manifest(warehouse, name)
    checked = [_registry(snapshot, manifest), *_files(warehouse, name, manifest["files"])]
    if all(one["is_held"] for one in checked[1:3]):
        checked += _texts(warehouse, name, manifest)
    else:
        checked.append(_check("texts", manifest["texts_digest"], "not read: files differ", None))
    return [*checked, _decisions(warehouse, snapshot)]


def _check(name: str, expected: object, found: object, is_held: bool | None) -> Row:
    return {"check": name, "expected": str(expected), "found": str(found), "is_held": is_held}


def _registry(snapshot: Row, manifest: Row) -> Row:
    wrong = [key for key in _SAME if manifest.get(key) != snapshot[key]]
    found = f"other: {', '.join(wrong)}" if wrong else "as in the registry"
    return _check("manifest", "as in the registry", found, not wrong)


def _files(warehouse: Warehouse, name: str, told: Sequence[Row]) -> list[Row]:
    """Check that the table has the manifest's files and no other, and that each has its bytes."""
    listed, there = {row["path"]: row for row in told}, set(data_files(warehouse, name))
    missing, more = sorted(listed.keys() - there), sorted(there - listed.keys())
    found = [f"{len(there):,}", *(f"without {one}" for one in missing[:1]), *(f"with {one}" for one in more[:1])]
    sums = checksums(warehouse, name, sorted(listed))
    wrong = [row for row in sums if row["error"] or row["sha256"] != listed[row["path"]]["sha256"]]
    said = [f"{row['path']}: {row['error'] or 'other bytes'}" for row in wrong]
    also = strays(warehouse, name)
    return [
        _check("files of the table", f"{len(listed):,}", ", ".join(found), not missing and not more),
        _check("sha256 of files", f"{len(listed):,} as listed", said[0] if said else "as listed", not wrong),
        _check("files beside the table", 0, also[0] if also else 0, not also),
    ]


def _texts(warehouse: Warehouse, name: str, manifest: Row) -> list[Row]:
    curated = warehouse.read(CURATED, warehouse.curated_path(name))
    sums = curated.agg(F.count("*").alias("n"), F.coalesce(F.sum("n_words"), F.lit(0)).alias("words")).collect()[0]
    expected, found = (manifest["n_kept"], manifest["n_kept_words"]), (sums["n"], sums["words"])
    texts = texts_digest(curated)
    return [
        _check("documents, words", "{:,}, {:,}".format(*expected), "{:,}, {:,}".format(*found), expected == found),
        _check("texts", manifest["texts_digest"], texts, texts == manifest["texts_digest"]),
    ]


def _decisions(warehouse: Warehouse, snapshot: Row) -> Row:
    mine = decided(warehouse, snapshot["snapshot_id"])
    if mine.isEmpty():
        return _check("decisions", snapshot["digest"], "not kept", None)
    found = digest(mine.select(*DIGESTED))
    return _check("decisions", snapshot["digest"], found, found == snapshot["digest"])
