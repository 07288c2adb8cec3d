"""What every job is given: the warehouse, the recipe, and where to tell how it goes."""

import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common.job_runs import JobRun, recorded
from jobs.common.lease import Held, leased
from jobs.common.lists import settled
from jobs.common.models import check_model, find_model
from jobs.common.opened import root_of
from jobs.common.progress import Reporter, Stage
from jobs.common.session import open_session
from jobs.common.sources import expand, losing_twins
from jobs.common.tables import Warehouse
from jobs.common.tokenizer_file import check_tokenizer
from jobs.common.trained import with_trained
from schemas.errors import RecipeError
from schemas.recipe import Recipe, load_recipe
from schemas.registry import RUNS
from schemas.tables import CRAWL_FILES, Table
from transforms.extract import extractor
from transforms.lineage import content_fingerprint


@dataclass(frozen=True)
class Inputs:
    """What the operator asked for with ``--input``, ``--index``, ``--base`` and ``--retry-failed``."""

    named: list[str] = field(default_factory=list)
    base: str | None = None
    retries_damaged: bool = False
    index: str | None = None


@dataclass(frozen=True)
class Context:
    """One command's surroundings.

    Attributes:
        warehouse: Where tables and snapshots are.
        recipe: The checked recipe.
        recipe_text: The recipe file, verbatim.
        models: Step name, or ``step.model``, → path or URI of the model.
        inputs: Crawl files that the operator named, for the jobs that read them.
        given: What the operator said of the inputs.
        reporter: Where progress is told.
        run_id: Identifies this command in ``runs``.
        population: What a snapshot that is asked about was decided among; None: the crawl's files as they are.
    """

    warehouse: Warehouse
    recipe: Recipe
    recipe_text: str
    models: dict[str, str]
    inputs: tuple[str, ...] = ()
    given: Inputs = field(default_factory=Inputs)
    reporter: Reporter = field(default_factory=Reporter)
    run_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    population: str | None = None

    def crawl_files(self) -> DataFrame:
        """Read the live files of the recipe's crawl."""
        return self.of_crawl(CRAWL_FILES)

    def of_crawl(self, table: Table) -> DataFrame:
        """Read the rows of the recipe's crawl, live or not."""
        return self.warehouse.read(table).where(F.col("crawl") == self.recipe.crawl)

    def live(self, table: Table) -> DataFrame:
        """Read the live rows of the recipe's crawl."""
        return self.warehouse.live(table).where(F.col("crawl") == self.recipe.crawl)

    @contextmanager
    def job(self, name: str, n_units: int, step_id: str | None = None) -> Iterator[Stage]:
        """Show a job's progress and, when it ends well, write its row to ``runs``."""
        fingerprint = content_fingerprint(self.recipe)
        crawl = self.recipe.crawl
        run = JobRun(self.warehouse, self.reporter, self.run_id, name, crawl, step_id, fingerprint)
        with self.lease(name), recorded(run, n_units) as stage:
            yield stage

    def lease(self, what: str) -> AbstractContextManager[Held]:
        """Keep other runs from writing the warehouse while the block runs; jobs within it need not ask again."""
        return leased(self.warehouse.root, self.run_id, what, self.reporter)

    def is_done(self, job: str, step_id: str) -> bool:
        """Say whether a job once finished a step with exactly this id on the recipe's crawl."""
        same = (F.col("job") == job) & (F.col("step_id") == step_id) & (F.col("crawl") == self.recipe.crawl)
        return not self.warehouse.read(RUNS).where(same).isEmpty()


def open_context(recipe: str, warehouse: str, master: str | None = None, inputs: Inputs | None = None) -> Context:
    """Check everything that can be checked, then open the session.

    Raises:
        RecipeError: recipe, model, inputs or warehouse are not usable; Spark was not started.
        SetupError: Java or a jar is missing.
    """
    parsed = settled(load_recipe(recipe), recipe)
    asked = {step.name: step.language for step in parsed.measure_steps() if step.language}
    models = {name: find_model(rules.model, recipe) for name, rules in asked.items()}
    for name, rules in asked.items():
        check_model(models[name], rules.sha256, recipe)
    models |= _classifiers(parsed, recipe)
    check_tokenizer(parsed, recipe)
    root = root_of(warehouse)
    uris = _inputs(parsed, recipe, inputs) if inputs else []
    text = Path(recipe).read_text(encoding="utf-8")
    opened = Warehouse(open_session(master), root)
    placed = with_trained(parsed, opened)
    if placed is not parsed:
        models |= _classifiers(placed, recipe)
    return Context(opened, placed, text, models, tuple(uris), inputs or Inputs())


def _classifiers(recipe: Recipe, recipe_path: str) -> dict[str, str]:
    """Find the models of classify steps and try them out, as far as they are at hand."""
    found: dict[str, str] = {}
    if not recipe.classify_steps():
        return found
    from jobs.common.loaders import check_scorer  # numba takes a second to import: only those who score pay for it

    for step in recipe.classify_steps():
        for name, model in step.models.items():
            key = f"{step.name}.{name}"
            if model.trained and model.path is None:
                continue
            if model.path is not None:
                found[key] = find_model(model.path, recipe_path, f"steps.{key}.path")
            check_scorer(key, model, found.get(key))
    return found


def _inputs(recipe: Recipe, recipe_path: str, given: Inputs) -> list[str]:
    """Check what only an ingest needs, and name the crawl files; with an index, the index names them."""
    check_extractor(recipe, recipe_path)
    if given.index and given.named:
        raise RecipeError("--index: given beside --input; allowed: one of them, an index names the files itself")
    if recipe.subset and not given.index:
        raise RecipeError(f"{recipe_path}: subset: chooses from an index; give one with --index")
    if given.index:
        return []
    uris = expand(given.named, given.base)
    losing_twins(uris, recipe.ingest.prefer)
    return uris


def check_extractor(recipe: Recipe, recipe_path: str) -> None:
    """Try out here what the workers will need: the engine's package, and what its options name.

    Raises:
        RecipeError: the package is not installed, or an option names what it does not have.
    """
    engine = recipe.extract.engine
    try:
        extractor(recipe.extract.model_dump())
    except ImportError as error:
        raise RecipeError(
            f"{recipe_path}: extract.engine: given '{engine}', whose packages are not all installed ({error});"
            " pip install 'crawlsluice[extractors]', also where Spark's workers run"
        ) from None
    except ValueError as error:
        raise RecipeError(f"{recipe_path}: extract.{engine}.{error}") from None
