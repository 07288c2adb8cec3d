"""A curated snapshot → gates, funnel, manifest, report; the published pointer moves, or it stays."""

from datetime import UTC, datetime
from typing import Any

from jobs.common.context import Context, open_context
from jobs.common.earlier import population_of
from jobs.common.gate_results import gate_results, told_failures
from jobs.common.options import Master, RecipeFile, WarehouseDir, entry
from jobs.common.publishing import funnel_of, write_beside
from jobs.common.snapshots import PUBLISHED, REFUSED, WITHDRAWN, put_row, row_of
from jobs.common.summary import print_summary
from jobs.common.trained import checked_text
from jobs.common.version import code_version
from schemas.errors import QualityGateError, RecipeError
from transforms.lineage import snapshot_id

Row = dict[str, Any]


def run(context: Context) -> Row:
    """Judge the recipe's snapshot and publish it; gives its registry row.

    Report and manifest are written before the pointer moves, so whoever follows it finds them.

    Raises:
        RecipeError: the snapshot was not curated yet.
        QualityGateError: a gate does not hold, and the report says which, or an operator withdrew the snapshot;
            the old pointer stays.
    """
    warehouse = context.warehouse
    name = snapshot_id(context.recipe, population_of(context), code_version())
    snapshot = row_of(warehouse, name)
    if snapshot is None:
        raise RecipeError(f"snapshot {name} was not curated yet; run `sluice curate` first")
    if snapshot["status"] == WITHDRAWN:
        raise QualityGateError(
            f"snapshot {name} was withdrawn, the published one stays; change recipe or input,"
            f" or publish it again: sluice rollback {context.recipe.name} --to {name}"
        )
    with context.job("publish", 1, name) as stage:
        funnel = funnel_of(context, snapshot)
        results = gate_results(context, snapshot, funnel)
        is_held = all(result["is_held"] for result in results)
        verdict = _verdict(context, snapshot, is_held)
        write_beside(context, verdict, funnel, results)
        put_row(warehouse, verdict)
        stage.advance(0, snapshot["n_documents"])
    print_summary(context, verdict, funnel)
    if not is_held:
        raise QualityGateError(f"snapshot {name} was not published: {told_failures(results)}; read the report")
    return verdict


def _verdict(context: Context, snapshot: Row, is_held: bool) -> Row:
    """Give the registry row after the gates; a snapshot keeps its first time of publishing."""
    # The same snapshot may be asked for again with other gates: what is kept is what it was judged by.
    judged = {**snapshot, "recipe": context.recipe_text, "recipe_checked": checked_text(context.recipe)}
    if not is_held:
        return judged | {"status": REFUSED, "is_published": False}
    at = snapshot["published_at"] or datetime.now(UTC)
    return judged | {"status": PUBLISHED, "is_published": True, "published_at": at}


def command(recipe: RecipeFile, warehouse: WarehouseDir, master: Master = None) -> None:
    """Hold the snapshot against its gates, write its report and publish it; exit 3 if a gate fails.

    Example: sluice publish --recipe conf/recipes/tiny.toml --warehouse wh
    """
    run(open_context(recipe, warehouse, master))


if __name__ == "__main__":
    entry(command)
