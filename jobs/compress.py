"""A two-layer scorer → a small one that decides nearly alike, by tropical division, and how near it is."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Annotated, Literal

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from jobs.common import files
from jobs.common.labelled_texts import LabelledTexts, file_bytes, parse_texts
from jobs.common.new_folder import write_folder
from jobs.common.options import entry
from jobs.common.version import code_version
from schemas.errors import RecipeError
from transforms.two_layer.compressed import Report, report
from transforms.two_layer.features import features_of
from transforms.two_layer.network import TwoLayer, read_network
from transforms.two_layer.tropical import Sample, heuristic, stable

MODEL, REPORT = "model.npz", "compression.json"


@dataclass(frozen=True)
class Asked:
    """How to compress.

    Attributes:
        method: ``stable`` or ``heuristic``.
        share: Of the neurons of each part, above 0, at most 1.
        keep: Share of the texts whose threshold is compared, above 0, at most 1.
        seed: What ``heuristic`` draws by.
        n_classes: Of the task that the model tells one class of; positive texts weigh one less.
    """

    method: Literal["stable", "heuristic"] = "stable"
    share: float = 0.1
    keep: float = 0.1
    seed: int = 0
    n_classes: int = 2

    def check(self) -> None:
        """Make sure that every number is in its range.

        Raises:
            RecipeError: one is not.
        """
        for name in ("share", "keep"):
            if not 0 < getattr(self, name) <= 1:
                raise RecipeError(f"--{name}: given {getattr(self, name)}; allowed: a share above 0, at most 1")
        if self.seed < 0:
            raise RecipeError(f"--seed: given {self.seed}; allowed: 0 or more")
        if self.n_classes < 2:
            raise RecipeError(f"--classes: given {self.n_classes}; allowed: 2 or more")


def run(model: str, sha256: str, sample: str, asked: Asked, out: str) -> tuple[str, Report]:
    """Compress and write ``model.npz`` and ``compression.json`` into a folder; the same input gives the same bytes.

    Args:
        model: Path or URI of a two-layer network; ``sha256`` is its.
        sha256: Nothing else is loaded.
        sample: Path or URI of texts in JSONL, perhaps gzipped: ``text``, and ``label`` in all lines or none.
        asked: How.
        out: Local folder, not there, empty, or holding the same bytes already.

    Returns:
        The small model's sha256, and how near it is on the sample.

    Raises:
        RecipeError: an option, the model or the sample cannot be used, or the folder holds something else.
    """
    asked.check()
    network = _network(model, sha256)
    data = file_bytes(sample, "--sample")
    texts = parse_texts(data, sample)
    chosen = _sample(network, texts, asked, sample)
    small = _compressed(network, chosen, asked, sample)
    told = report(network, small, chosen, asked.keep)
    written = small.to_bytes()
    card = {
        "settings": asdict(asked),
        "code_version": code_version(),
        "model_sha256": sha256,
        "sample_sha256": hashlib.sha256(data).hexdigest(),
        "n_texts_without_words": len(texts.texts) - told.n_texts,
        "small_model": MODEL,
        "small_model_sha256": hashlib.sha256(written).hexdigest(),
        "report": told._asdict(),
    }
    text = json.dumps(card, indent=2, allow_nan=False) + "\n"
    write_folder(out, {MODEL: written, REPORT: text.encode()}, "--out")
    return hashlib.sha256(written).hexdigest(), told


def _network(model: str, sha256: str) -> TwoLayer:
    data = file_bytes(model, "--model")
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise RecipeError(f"--sha256: {model} has sha256 {found}; allowed: {sha256}")
    try:
        return read_network(data)
    except ValueError as error:
        raise RecipeError(f"--model: {model}: {error}") from None


def _sample(network: TwoLayer, texts: LabelledTexts, asked: Asked, name: str) -> Sample:
    """Hash the texts that have a word."""
    rows = features_of(texts.texts, network.hashing)
    has_words = rows.has_words
    if not has_words.any():
        raise RecipeError(f"--sample: {name}: none of its {len(has_words):,} texts has a word; allowed: some")
    if asked.n_classes > 2 and texts.is_positive is None:
        raise RecipeError(f"--classes: given {asked.n_classes}; {name} has no labels; allowed without them: 2")
    labels = None if texts.is_positive is None else np.array(texts.is_positive)[has_words]
    return Sample(rows.without_empty(), labels, asked.n_classes)


def _compressed(network: TwoLayer, sample: Sample, asked: Asked, name: str) -> TwoLayer:
    try:
        if asked.method == "stable":
            return stable(network, sample, asked.share)
        return heuristic(network, sample, asked.share, asked.seed)
    except ValueError as error:
        raise RecipeError(f"--sample: {name}: {error}") from None


def show(folder: str, sha256: str, told: Report) -> None:
    """Print before and after, and what a recipe needs to use the small model."""
    console = Console(highlight=False, markup=False, soft_wrap=True, emoji=False)
    table = Table("", "before", "after")
    for name in ("neurons", "parameters"):
        row = (getattr(told, f"n_{name}_{when}") for when in ("before", "after"))
        table.add_row(name, *(f"{n:,}" for n in row))
    table.add_row("threshold", f"{told.threshold_before:.6f}", f"{told.threshold_after:.6f}")
    if told.accuracy_before is not None:
        table.add_row("accuracy", f"{told.accuracy_before:.4f}", f"{told.accuracy_after:.4f}")
    console.print(table)
    console.print(f"{told.n_texts:,} texts: {told.agreement:.2%} decided alike at 0.5; scores differ by", end=" ")
    console.print(f"{told.max_score_change:.4f} at most, {told.mean_score_change:.4f} on average\n")
    console.print("[steps.models.small]")
    path = f"{files.absolute(folder)}/{MODEL}"
    for key, value in (("kind", "two_layer"), ("path", path), ("sha256", sha256)):
        console.print(f"{key} = {json.dumps(value)}")


Model = Annotated[str, typer.Option("--model", help="Two-layer network (.npz), path or URI.", metavar="FILE")]
Sha256 = Annotated[str, typer.Option("--sha256", help="Of the model's file; nothing else is loaded.")]
Texts = Annotated[
    str,
    typer.Option("--sample", help="Texts like those to be scored, JSONL: text[, label].", metavar="FILE"),
]
Out = Annotated[str, typer.Option("--out", help="Folder to write; not there, or empty.", metavar="DIR")]
Method = Annotated[Literal["stable", "heuristic"], typer.Option(help="How vertices become neurons.")]
Share = Annotated[float, typer.Option(help="Share of the neurons to keep.")]
Keep = Annotated[float, typer.Option(help="Share of the texts whose threshold is compared.")]
Seed = Annotated[int, typer.Option(help="What the heuristic draws by.")]
Classes = Annotated[int, typer.Option(help="Classes of the task; positives weigh one less. Needs labels above 2.")]


def command(  # noqa: PLR0913, PLR0917 a command line has the options that it has
    model: Model,
    sha256: Sha256,
    sample: Texts,
    out: Out,
    method: Method = "stable",
    share: Share = 0.1,
    keep: Keep = 0.1,
    seed: Seed = 0,
    classes: Classes = 2,
) -> None:
    """Compress a two-layer scorer to a share of its neurons by tropical division, and say what that changes.

    Example: sluice compress --model net.npz --sha256 … --sample texts.jsonl --share 0.1 --out small
    """
    show(out, *run(model, sha256, sample, Asked(method, share, keep, seed, classes), out))


if __name__ == "__main__":
    entry(command)
