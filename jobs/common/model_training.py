"""Examples → one trained classifier: settings are searched on an inner cut, the model is trained on all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from jobs.common.fasttext_training import Learnt, Trainer, combinations
from schemas.errors import RecipeError, SetupError
from schemas.training import FastText, Grid, Training
from transforms.evaluation import roc_auc
from transforms.examples import Cut, Sides, by_class, cut
from transforms.model_metrics import Scored, scored
from transforms.text.scoring import classifier


@dataclass(frozen=True)
class Trained:
    """A model, and what it says of the held-out texts.

    Attributes:
        path: Its file.
        learnt: What it was trained with.
        tries: What was tried before, with the ROC-AUC on the inner cut.
        held_out: Scores of the held-out texts.
    """

    path: Path
    learnt: Learnt
    tries: list[dict[str, Any]]
    held_out: Scored


def outer_cut(settings: Training) -> Cut:
    """Say how training and held-out texts are told apart."""
    return Cut(str(settings.seed), settings.split.held_out, settings.split.similarity, settings.seed)


def train(sides: Sides, settings: Training, folder: Path, origin: str) -> Trained:
    """Train a model and score the held-out texts.

    Raises:
        RecipeError: a class is empty where it is needed, or training gave no numbers.
        SetupError: the library crashed, or labels texts in another way than our own kernels do.
    """
    check_sides(sides, f"{origin}: split.held_out")
    trainer = Trainer(folder, settings.labels, settings.seed)
    best, tries = _searched(sides.training, settings, trainer, origin)
    trainer.ask(sides.held_out.column("text").to_pylist())
    path, learnt = trainer.train(trainer.write("lines", sides.training), best, settings.quantise)
    held_out = _scores(path, sides.held_out, settings, best)
    _check_labels(held_out.labels, trainer.answers())
    return Trained(path, learnt, tries, held_out)


def check_sides(sides: Sides, where: str) -> None:
    """Make sure that both classes are on both sides.

    Raises:
        RecipeError: one is not.
    """
    for side, table in sides._asdict().items():
        missing = [name for name, n in by_class(table).items() if not n]
        if missing:
            other = by_class(sides.training if side == "held_out" else sides.held_out)[missing[0]]
            said = "held out" if side == "held_out" else "left for training"
            raise RecipeError(
                f"{where}: no text of the {missing[0]} is {said}, {other:,} are on the other side; allowed: a share of"
                " the hosts that leaves both classes on both sides (or another seed, or more hosts)"
            )


def _searched(
    training: pa.Table, settings: Training, trainer: Trainer, origin: str
) -> tuple[FastText, list[dict[str, Any]]]:
    """Find the best settings on an inner cut by hosts, where a search is asked for."""
    if not settings.grid and not settings.autotune:
        return settings.fasttext, []
    outer = outer_cut(settings)
    inner, _ = cut(training, outer._replace(seed=f"{outer.seed}:inner"))
    check_sides(inner, f"{origin}: {'grid' if settings.grid else 'autotune'}: the cut of the training texts")
    lines = trainer.write("inner", inner.training)
    if settings.autotune:
        validation = trainer.write("validation", inner.held_out)
        found = trainer.search(lines, validation, settings.fasttext, settings.autotune.seconds)
        return found, [{"settings": found.model_dump(), "roc_auc": None}]
    grid = {name: values for name, values in (settings.grid or Grid()).model_dump().items() if values}
    each = combinations(settings.fasttext, grid)
    aucs = [_inner_auc(trainer, lines, inner.held_out, settings, one) for one in each]
    tries = [
        {"settings": one.model_dump(include=set(grid)), "roc_auc": auc} for one, auc in zip(each, aucs, strict=True)
    ]
    return each[int(np.argmax(aucs))], tries


def _inner_auc(trainer: Trainer, lines: Path, held_out: pa.Table, settings: Training, one: FastText) -> float:
    path, _ = trainer.train(lines, one)
    told = _scores(path, held_out, settings, one)
    path.unlink()  # not written over: it may still be mapped
    return float(roc_auc(told.scores, told.is_positive))


def _scores(path: Path, table: pa.Table, settings: Training, one: FastText) -> Scored:
    try:
        return scored(table, classifier(np.memmap(path, np.uint8, "r"), settings.labels.positive))
    except ValueError as error:
        raise RecipeError(f"fasttext.lr: given {one.lr}; the trained model is not usable: {error}") from None


def _check_labels(ours: Sequence[str], theirs: Sequence[str]) -> None:
    differing = sum(mine != other for mine, other in zip(ours, theirs, strict=True))
    if differing:
        raise SetupError(f"our kernels and the fastText library label {differing:,} of {len(ours):,} texts differently")
