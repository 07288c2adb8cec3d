"""All jobs in the recipe's order: ingest, its steps, curate, publish. Safe to run again at any time."""

from jobs import classify, curate, dedup, ingest, measure, publish
from jobs.common.context import Context, Inputs, open_context
from jobs.common.earlier import populations, require_earlier
from jobs.common.options import Base, Index, Input, Master, RecipeFile, RetryFailed, WarehouseDir, entry
from jobs.common.trained import require_trained
from schemas.classify import ClassifyStep
from schemas.steps import DedupStep
from schemas.text_dedup import TextDedupStep


def run(context: Context) -> str:
    """Do what is not done yet, from wherever the last run stopped; gives the snapshot's id.

    Raises:
        SourceUnavailableError: another run is writing the warehouse, or some inputs are out of reach.
    """
    with context.lease(f"run {context.recipe.name}"):
        return _run(context)


def _run(context: Context) -> str:
    require_trained(context.recipe.steps)
    if context.recipe.earlier:
        require_earlier(context, context.recipe.comparing_steps(), populations(context))
    ingest.run(context)
    measure.run(context)
    for step in context.recipe.steps:
        if isinstance(step, ClassifyStep):
            classify.run(context, step)
        elif isinstance(step, DedupStep):
            dedup.run(context, step)
        elif isinstance(step, TextDedupStep):
            dedup.run(context, step)
            measure.run(context)  # the steps behind it read what it left
    curate.run(context)
    return str(publish.run(context)["snapshot_id"])


def command(  # noqa: PLR0913, PLR0917 a command line has the options that it has
    recipe: RecipeFile,
    warehouse: WarehouseDir,
    input: Input = None,
    index: Index = None,
    base: Base = None,
    retry_failed: RetryFailed = False,
    master: Master = None,
) -> None:
    """Do it all: crawl files in, a published snapshot and its report out.

    Example: sluice run --recipe conf/recipes/tiny.toml --input crawl/ --warehouse wh

    Run it again with the same input and nothing is added; with more, only the new files are read.
    Exit codes: 0 published, 2 edit the recipe or the command, 3 a gate failed, 75 try again.
    """
    run(open_context(recipe, warehouse, master, Inputs(input or [], base, retry_failed, index)))


if __name__ == "__main__":
    entry(command)
