"""Two snapshots of one warehouse side by side: which documents came, went and changed, and by which rules."""

from pyspark.sql import DataFrame

from jobs.common.compared_shifts import shifts
from jobs.common.snapshots import decided
from jobs.common.tables import Warehouse
from schemas.errors import RecipeError
from transforms.compare import FATES, by_document, by_url, example_pairs, fate_counts, paired
from transforms.fields import Row
from transforms.recipe_changes import recipe_changes

EXAMPLES = 3
_FACTS = ("snapshot_id", "name", "crawl", "status", "created_at", "code_version", "n_documents", "n_kept")
_TOTALS = ("n_kept_words", "n_kept_tokens")  # tokens: in a registry that counts them
_ORIGINS = ("crawl", "population_id", "recipe_fingerprint", "code_version", "models", "digest")


def compared(warehouse: Warehouse, a: Row, b: Row) -> Row:
    """Hold snapshot ``b`` against ``a``; both are rows of the registry.

    Returns:
        a, b (facts of each), made (what made them, and whether it is the same), settings (of the recipes, that
        differ), by (``doc_id``, or ``url`` where the crawls differ: two crawls have no document in common), changes (by
        ``doc_id``, and by ``url`` too then), shifts and notes (as ``compared_shifts.shifts``).

    Raises:
        RecipeError: the decisions of one are no longer those that its registry row counts.
    """
    sides = decided(warehouse, a["snapshot_id"]), decided(warehouse, b["snapshot_id"])
    changes = {"doc_id": _changes(by_document(sides[0]), by_document(sides[1]))}
    _require_all(changes["doc_id"], a, b)
    by = "doc_id" if a["crawl"] == b["crawl"] else "url"
    if by == "url":
        changes["url"] = _changes(by_url(sides[0]), by_url(sides[1]))
    told, notes = shifts(warehouse, (a, b), (sides[0].where("is_kept"), sides[1].where("is_kept")))
    made = [
        {"what": name, "a": _text(a[name]), "b": _text(b[name]), "is_same": a[name] == b[name]} for name in _ORIGINS
    ]
    return {
        "a": _facts(a),
        "b": _facts(b),
        "made": made,
        "settings": recipe_changes(a["recipe"], b["recipe"]),
        "by": by,
        "changes": changes,
        "shifts": told,
        "notes": notes,
    }


def _changes(a: DataFrame, b: DataFrame) -> Row:
    """Count fates and reasons, and choose examples; the shares are of what A, B or both of them keep."""
    pairs = paired(a, b).persist()  # ids, URLs and reasons; asked twice
    try:
        counts = [row.asDict() for row in fate_counts(pairs).collect()]  # a row a rule
        examples = [row.asDict() for row in pairs.transform(example_pairs(EXAMPLES)).collect()]
    finally:
        pairs.unpersist()
    n = {fate: sum(row["n_first"] for row in counts if row["fate"] == fate) for fate in FATES}
    n_both = n["same"] + n["changed"]
    reasons = [row for row in counts if row["fate"] in ("removed", "added")]
    return {
        **{f"n_{fate}": n[fate] for fate in FATES},
        "removed_ratio": _ratio(n["removed"], n["removed"] + n_both),
        "added_ratio": _ratio(n["added"], n["added"] + n_both),
        "changed_ratio": _ratio(n["changed"], n_both),
        "reasons": sorted(
            reasons, key=lambda r: (FATES.index(r["fate"]), -r["n_first"], -r["n_any"], r["reason"] or "")
        ),
        "examples": examples,
    }


def _require_all(found: Row, a: Row, b: Row) -> None:
    n_both = found["n_same"] + found["n_changed"]
    for snapshot, n in ((a, n_both + found["n_removed"]), (b, n_both + found["n_added"])):
        if n != snapshot["n_kept"]:
            raise RecipeError(
                f"snapshot {snapshot['snapshot_id']}: keeps {snapshot['n_kept']:,} documents by the table snapshots,"
                f" but {n:,} by the table decisions, of which rows were removed or added; it cannot be compared"
            )


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _facts(row: Row) -> Row:
    told = {name: row[name] for name in _FACTS} | {name: row[name] for name in _TOTALS if row.get(name) is not None}
    return told | {"created_at": row["created_at"].strftime("%Y-%m-%d %H:%M")}


def _text(value: object) -> str:
    return ", ".join(f"{key} {one}" for key, one in sorted(value.items())) if isinstance(value, dict) else str(value)
