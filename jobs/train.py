"""Texts of two classes → a fastText classifier of quality, measured on hosts that it has not seen, and its card."""

import hashlib
import json
import tempfile
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import typer
from rich.console import Console

from jobs.common import files
from jobs.common.home import sha256_of
from jobs.common.loaders import load_languages
from jobs.common.model_card import Card, to_html, to_json
from jobs.common.model_store import CARD, card_of, folder_of, publish, put_row
from jobs.common.model_training import Trained, outer_cut, train
from jobs.common.models import check_model, find_model
from jobs.common.opened import root_of
from jobs.common.options import Master, WarehouseDir, entry
from jobs.common.progress import Reporter
from jobs.common.session import open_session
from jobs.common.tables import Warehouse
from jobs.common.training_sources import check_places, read_documents
from jobs.common.version import code_version
from schemas.errors import RecipeError
from schemas.toml_file import load_shape
from schemas.training import Training
from transforms import model_metrics
from transforms.examples import Counts, Sides, by_class, cut, digests, examples, without_both

TRAIN_VERSION = 1
"""Raise it when the same texts and settings start to give another model or card."""


def run(warehouse: Warehouse, settings: Training, origin: str) -> tuple[str, Card]:
    """Train and write the model, unless the same texts and settings made it before; gives its folder and card.

    Args:
        warehouse: Where the model goes, and where crawls are.
        settings: What to train, from which texts.
        origin: The settings file: what errors name, and where relative paths start.

    Raises:
        RecipeError: the settings or the texts do not make a classifier; nothing was written.
        SetupError: the fastText library crashed; nothing was written.
    """
    with Reporter().stage(f"train {settings.name}", 1) as stage:
        sides, removed = _prepared(read_documents(warehouse, settings, origin), settings, origin)
        data = digests(sides)
        version = _version(settings, data)
        folder = folder_of(warehouse, settings.name, version)
        card = card_of(folder)
        if card is None:
            told = {"name": settings.name, "version": version, "data": data, "removed": removed}
            card = _made(warehouse, sides, settings, origin, told)
        put_row(warehouse, card, folder)
        stage.advance(len(settings.positives) + len(settings.negatives), sum(removed["read"].values()))
    return folder, card


def _prepared(documents: pa.Table, settings: Training, origin: str) -> tuple[Sides, Counts]:
    """Normalise, clean and cut the documents; gives how many were removed and why."""
    table, counts = examples(documents, settings.seed)
    _check_classes(table, counts, f"{origin}:")
    table, in_both = without_both(table)
    _check_classes(table, counts, f"{origin}: after what is in both classes was removed:")
    hosts = table.column("host").unique()
    if len(hosts) == 1:
        raise RecipeError(
            f"{origin}: split: all documents are on one host ({hosts[0]}): nothing can be held out; allowed: several"
        )
    sides, more = cut(table, outer_cut(settings))
    return sides, counts | in_both | more


def _check_classes(table: pa.Table, counts: Counts, where: str) -> None:
    for name, n in by_class(table).items():
        if not n:
            raise RecipeError(f"{where} {name}: no text is left of {counts['read'][name]:,} documents; allowed: some")


def _version(settings: Training, data: dict[str, Any]) -> str:
    """Hash all that can change the model or its card: not where the texts are, but what they say."""
    given = settings.model_dump(exclude={"max_documents"})
    for source in (*given["positives"], *given["negatives"]):
        del source["uri"]
    (given["language"] or {}).pop("model", None)
    text = json.dumps([TRAIN_VERSION, code_version(), given, data], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _made(warehouse: Warehouse, sides: Sides, settings: Training, origin: str, told: Card) -> Card:
    """Train, measure, write the folder and show it."""
    staging = f"{warehouse.root}/staging" if files.is_local(warehouse.root) else None
    if staging:
        Path(staging).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=staging, prefix=f"train-{uuid.uuid4().hex}") as scratch:
        trained = train(sides, settings, Path(scratch), origin)
        made = Path(scratch, "made")
        made.mkdir()
        model = trained.path.rename(made / ("model.ftz" if settings.quantise else "model.bin"))
        card = told | _card(sides, settings, origin, trained) | {"file": model.name, "sha256": sha256_of(model)}
        (made / "card.html").write_text(to_html(card, trained.held_out), encoding="utf-8")
        (made / CARD).write_text(to_json(card), encoding="utf-8")
        publish(made, folder_of(warehouse, settings.name, told["version"]))
    return json.loads(to_json(card))  # type: ignore[no-any-return]


def _card(sides: Sides, settings: Training, origin: str, trained: Trained) -> Card:
    held_out, scores = trained.held_out, trained.held_out.scores
    is_crawl = sides.held_out.column("is_crawl").to_numpy().astype(bool)
    groups = {"positives": scores[held_out.is_positive], "negatives": scores[~held_out.is_positive]}
    groups["crawl"] = scores[is_crawl]
    shares = (*model_metrics.SHARES, settings.keep)
    return {
        "kind": "fasttext",
        "labels": [settings.labels.positive, settings.labels.negative],
        "positive": settings.labels.positive,
        "normalisation": "one_line",
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "code_version": code_version(),
        "is_reproducible": trained.learnt.is_reproducible and settings.autotune is None,
        "settings": settings.model_dump(mode="json", exclude_none=True),
        "trained_with": trained.learnt.settings.model_dump(),
        "tries": trained.tries,
        "metrics": model_metrics.metrics(held_out, settings.keep, settings.seed),
        "reliability": model_metrics.reliability(held_out),
        "languages": _languages(sides, settings, origin, trained),
        "quantiles": model_metrics.quantiles(groups),
        "thresholds": model_metrics.thresholds(groups["crawl"], shares),
    }


def _languages(sides: Sides, settings: Training, origin: str, trained: Trained) -> list[dict[str, Any]]:
    if settings.language is None:
        return []
    model = load_languages(find_model(settings.language.model, origin), settings.language.sha256)
    return model_metrics.by_language(sides.held_out, trained.held_out, model, settings.seed)


def show(folder: str, card: Card) -> None:
    """Print where the model is, how good it is, and what a recipe needs to use it."""
    console = Console(highlight=False, markup=False, soft_wrap=True, emoji=False)
    auc = card["metrics"]["roc_auc"]
    console.print(f"{folder}: ROC-AUC {auc['value']:.4f} ({auc['low']:.4f} to {auc['high']:.4f}) on held-out hosts")
    if not card["is_reproducible"]:
        console.print("not reproducible: trained again, the same settings may give another model")
    console.print(f"sha256 {card['sha256']}\n\n[steps.models.{card['name']}]")
    for name, value in (("path", f"{folder}/{card['file']}"), ("sha256", card["sha256"]), ("label", card["positive"])):
        console.print(f"{name} = {json.dumps(value)}")


Settings = Annotated[str, typer.Option("--settings", help="Settings file (TOML).", metavar="FILE")]


def command(settings: Settings, warehouse: WarehouseDir, master: Master = None) -> None:
    """Train a fastText classifier of quality, measure it on held-out hosts, and write it with its card.

    Example: sluice train --settings conf/models/quality.toml --warehouse wh

    The texts must fit this machine's memory four times over; more than max_documents are refused.
    """
    asked = load_shape(settings, Training)
    check_places(asked, settings)
    root = root_of(warehouse)
    if asked.language:
        check_model(find_model(asked.language.model, settings), asked.language.sha256, settings)
    show(*run(Warehouse(open_session(master), root), asked, settings))


if __name__ == "__main__":
    entry(command)
