"""Documents nearest to a model's threshold → a CSV file for people to label → the table ``annotations``."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from jobs.common import files
from jobs.common.annotations import label_names, put_rows, rows_of
from jobs.common.context import Context, open_context
from jobs.common.done import require_done
from jobs.common.earlier import population_of
from jobs.common.judged import scored_documents
from jobs.common.model_report import nearest_texts
from jobs.common.options import Master, RecipeFile, WarehouseDir, run_app
from jobs.common.progress import Reporter
from jobs.common.session import open_session
from jobs.common.tables import Warehouse
from jobs.common.thresholds import settled_steps
from schemas.classify import ClassifyStep
from schemas.errors import RecipeError
from schemas.recipe import Recipe
from schemas.toml_file import load_shape
from schemas.training import Labels, Training
from transforms.annotation_cells import to_csv
from transforms.borderline import held_against, limits_of

app = typer.Typer(help="Have people label the documents nearest to a model's threshold.", no_args_is_help=True)

MAX_DOCUMENTS = 10_000
MAX_CHARS = 32_000
"""A cell of a spreadsheet holds 32,767."""


@dataclass(frozen=True)
class Ask:
    """What is to be exported.

    Attributes:
        model: ``step.model``, or the model's name where no other step has one of this name.
        n: Documents, half of them from each side of the threshold.
        n_chars: Of each text, from its start.
    """

    model: str
    n: int = 100
    n_chars: int = 2000

    def check(self) -> None:
        """Make sure that the numbers can be meant.

        Raises:
            RecipeError: one is too small or too large.
        """
        for name, given, most in (("--n", self.n, MAX_DOCUMENTS), ("--chars", self.n_chars, MAX_CHARS)):
            if not 1 <= given <= most:
                raise RecipeError(f"{name}: given {given}; allowed: 1 to {most:,}")


def run(context: Context, ask: Ask) -> list[dict[str, Any]]:
    """Choose the documents nearest to the model's threshold among those that come to it; the same on every run.

    Returns:
        Rows of the file, by distance and then doc_id; fewer where a side has fewer than half.

    Raises:
        RecipeError: there is no such model, it has no threshold, or documents were not scored yet.
    """
    step, name = model_named(context.recipe, ask.model)
    population = population_of(context)
    at = context.recipe.steps.index(step)
    require_done(context, population, next(iter(context.recipe.steps[at + 1 :]), None))
    with context.job(f"annotate {step.name}.{name}", 1) as stage:
        steps = settled_steps(context, context.recipe.steps[: at + 1], population)
        before, settled = steps[:-1], [one for one in steps if isinstance(one, ClassifyStep)][-1]
        if not limits_of(settled.models[name]):
            raise RecipeError(f"--model: {step.name}.{name} has no threshold to be near to; give it min_score or keep")
        rows = scored_documents(context, before, settled, population).transform(held_against(settled, name))
        found = nearest_texts(context, rows, before, (ask.n - ask.n // 2, ask.n // 2, ask.n_chars))
        stage.advance(0, len(found))
    return [row | {"model": f"{step.name}.{name}"} for row in found]


def model_named(recipe: Recipe, given: str) -> tuple[ClassifyStep, str]:
    """Find a model by ``step.model`` or by its name.

    Raises:
        RecipeError: there is none, or several have this name.
    """
    models = [(step, name) for step in recipe.classify_steps() for name in step.models]
    found = [(step, name) for step, name in models if given == f"{step.name}.{name}"]
    found = found or [(step, name) for step, name in models if given == name]
    if len(found) != 1:
        allowed = ", ".join(f"'{step.name}.{name}'" for step, name in models) or "a recipe with a classify step"
        raise RecipeError(f"--model: given {given!r}; allowed: {allowed}")
    return found[0]


def take(warehouse: Warehouse, file: str, annotator: str, labels: Labels) -> tuple[int, int]:
    """Put a filled-in file's labels into ``annotations``; gives how many it has, and how many are new or differ.

    Raises:
        RecipeError: the file is not what was exported and filled in; nothing was written.
        SourceUnavailableError: it cannot be read.
    """
    if not annotator.strip() or not annotator.isprintable():
        raise RecipeError(f"--by: given {annotator!r}; allowed: a name in one line")
    try:
        text = files.read_bytes(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise RecipeError(f"{file}: line {line}: not UTF-8; save it as CSV in UTF-8") from None
    rows = rows_of(text, file, label_names(labels.positive, labels.negative), annotator.strip())
    return len(rows), put_rows(warehouse, rows, file)


@app.command("export")
def export_command(  # noqa: PLR0913, PLR0917 a command line has the options that it has
    recipe: RecipeFile,
    warehouse: WarehouseDir,
    model: Annotated[str, typer.Option("--model", help="STEP.MODEL, or the model's name.", metavar="MODEL")],
    out: Annotated[str, typer.Option("--out", help="CSV file to write.", metavar="FILE")],
    n: Annotated[int, typer.Option("--n", help="Documents; half of them from each side of the threshold.")] = 100,
    chars: Annotated[int, typer.Option("--chars", help="Characters of each text.")] = 2000,
    master: Master = None,
) -> None:
    """Write the documents nearest to a model's threshold to a CSV file; needs `sluice classify` before.

    Example: sluice annotate export --recipe r.toml --warehouse wh --model model.quality --out todo.csv

    Give each row the label positive or negative, save as CSV, and import it.
    """
    ask = Ask(model, n, chars)
    ask.check()
    if files.exists(out):
        raise RecipeError(f"--out: {out} is there, perhaps with labels in it; name another file")
    context = open_context(recipe, warehouse, master)
    rows = run(context, ask)
    try:
        files.write_text(out, to_csv(rows))
    except OSError as error:
        raise RecipeError(f"--out: cannot write {out}: {error.strerror}") from None
    context.reporter.log(f"{out}: {len(rows):,} documents, {sum(row['is_kept'] for row in rows):,} of them stay")


@app.command("import")
def import_command(
    warehouse: WarehouseDir,
    file: Annotated[str, typer.Option("--file", help="CSV file, filled in.", metavar="FILE")],
    by: Annotated[str, typer.Option("--by", help="Who gave the labels.", metavar="NAME")] = "unnamed",
    settings: Annotated[
        str | None,
        typer.Option("--settings", help="Settings of `sluice train`, whose labels' names are then allowed too."),
    ] = None,
    master: Master = None,
) -> None:
    """Put a file's labels into the table annotations; rows without a label are left out.

    Example: sluice annotate import --warehouse wh --file todo.csv --by anna

    The same file twice changes nothing; another label of the same name for a document replaces the earlier one.
    """
    labels = load_shape(settings, Training).labels if settings else Labels()
    root = files.absolute(warehouse)
    if files.is_local(root) and not Path(root).is_dir():
        raise RecipeError(f"--warehouse: no such folder: {warehouse}")
    n, n_written = take(Warehouse(open_session(master), root), file, by, labels)
    Reporter().log(f"{file}: {n:,} labels, {n_written:,} of them new or changed")


if __name__ == "__main__":
    run_app(app)
