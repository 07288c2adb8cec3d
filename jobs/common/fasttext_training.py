"""Training by the fastText library, in a process of its own: a crash of it is one line, and equal settings equal bytes.

The library fills only a tenth of the matrix of words when it has one thread (each of ten threads would fill one),
and trains on whatever lay in memory behind it: other bytes each time, or no numbers at all. Its process is told
to get zeroed memory from the C library, and says whether it does; glibc can, others leave it out.
"""

import itertools
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from jobs.common.fasttext_child import NOT_A_NUMBER
from schemas.errors import RecipeError, SetupError
from schemas.training import FastText, Labels, Quantise

_NAMES = {
    "lr_update_rate": "lrUpdateRate",
    "min_count": "minCount",
    "word_ngrams": "wordNgrams",
    "threads": "thread",
}
"""Setting → the library's name, where it is another one."""
_TRIES = 3
_BYTES_A_SECOND = 1e6
"""What the library reads at least of training texts."""
_OWN = {theirs: ours for ours, theirs in _NAMES.items()}
_CALM = {
    # Allocated bytes are set to the complement of ``perturb``: 255 makes them zero. Small cached blocks would not be.
    "GLIBC_TUNABLES": "glibc.malloc.perturb=255:glibc.malloc.tcache_count=0",
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
# Words are what fastText takes for them. One that looks like a label would be learnt as one.
_LABEL_IN_TEXT = re.compile(rb"(?<![^ \n\r\t\v\f\0])__label__[^ \n\r\t\v\f\0]*")


@dataclass(frozen=True)
class Learnt:
    """What a training gave.

    Attributes:
        settings: Those that the model was trained with.
        is_reproducible: The same texts and settings give the same bytes again.
    """

    settings: FastText
    is_reproducible: bool


@dataclass(frozen=True)
class Trainer:
    """Trains models in a folder.

    Attributes:
        folder: Where files may be written; whoever made it removes it.
        labels: Names of the classes.
        seed: Of the library's random numbers.
    """

    folder: Path
    labels: Labels
    seed: int

    def write(self, name: str, examples: pa.Table) -> Path:
        """Write examples as the library reads them: labels first, one text a line."""
        names = {True: self.labels.positive, False: self.labels.negative}
        path = self.folder / name
        with path.open("wb") as out:
            for text, is_positive in _rows(examples):
                out.write(f"__label__{names[is_positive]} ".encode() + _LABEL_IN_TEXT.sub(b"", text) + b"\n")
        return path

    def train(self, lines: Path, settings: FastText, quantise: Quantise | None = None) -> tuple[Path, Learnt]:
        """Train one model; gives its file."""
        path = self.folder / "model"
        task = {"options": self._options(lines, settings), "model": str(path)}
        codes = quantise.model_dump() if quantise else None
        told = self._run(task | {"quantise": codes, **self._asked()}, settings)
        return path, Learnt(settings, told["is_zeroed"] and settings.threads == 1)

    def search(self, lines: Path, validation: Path, settings: FastText, seconds: int) -> FastText:
        """Let the library look for the settings that give the best F1 on the validation texts.

        The number of columns stays as given: left free, the library tries matrices of 20 GB for a handful of texts.
        That of buckets has to be free: given, the library divides by zero after a trial without n-grams.
        """
        how = {"autotuneValidationFile": str(validation), "autotuneDuration": seconds}
        free = ("lr", "epoch", "wordNgrams", "minn", "maxn", "bucket")
        options = {name: value for name, value in self._options(lines, settings).items() if name not in free}
        limit = 30 + 3 * seconds + lines.stat().st_size / _BYTES_A_SECOND
        found = self._run({"options": options | how}, settings, limit)["found"]
        return settings.model_copy(update={_OWN.get(name, name): value for name, value in found.items()})

    def ask(self, texts: Iterable[str]) -> None:
        """Have the library label these texts, too, as soon as a model is trained."""
        with (self.folder / "texts").open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(f"{text}\n" for text in texts)

    def answers(self) -> list[str]:
        """Give the labels of the texts that were asked for; empty where there is none."""
        return (self.folder / "labels").read_text(encoding="utf-8").split("\n")[:-1]

    def _asked(self) -> dict[str, str]:
        texts = self.folder / "texts"
        return {"texts": str(texts), "labels": str(self.folder / "labels")} if texts.exists() else {}

    def _options(self, lines: Path, settings: FastText) -> dict[str, Any]:
        given = {_NAMES.get(name, name): value for name, value in settings.model_dump().items()}
        return {**given, "input": str(lines), "seed": self.seed}

    def _run(self, task: dict[str, Any], settings: FastText, limit: float | None = None) -> dict[str, Any]:
        """Do a task in a process of its own.

        Raises:
            RecipeError: the numbers grew beyond all bounds, or the library refuses the settings.
            SetupError: the process ended otherwise than well.
        """
        path = self.folder / "task.json"
        path.write_text(json.dumps(task), encoding="utf-8")
        # What this process can import, the child can: also from a zip that Spark was given.
        paths = {"PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)}
        command = [sys.executable, "-P", "-m", "jobs.common.fasttext_child", str(path)]
        done = _done(command, {**os.environ, **_CALM, **paths}, limit)
        if done.returncode:
            raise SetupError(f"fastText's process {_end(done)}; nothing was written")
        told: dict[str, Any] = json.loads(done.stdout)
        if told.get("fault") == NOT_A_NUMBER:
            why = "a smaller one may not" if told["is_zeroed"] else "as may happen without glibc; try threads = 10"
            raise RecipeError(f"fasttext.lr: given {settings.lr}; training gave NaN, {why}")
        if "fault" in told:
            raise RecipeError(f"fasttext: the library cannot train so: {told['fault']}; nothing was written")
        return told


def combinations(settings: FastText, grid: dict[str, tuple[Any, ...]]) -> list[FastText]:
    """Give the settings with every combination of a grid's values, the last one changing fastest."""
    return [
        settings.model_copy(update=dict(zip(grid, each, strict=True))) for each in itertools.product(*grid.values())
    ]


def _done(command: list[str], env: dict[str, str], limit: float | None) -> "subprocess.CompletedProcess[bytes]":
    """Run a process; one that takes longer than ``limit`` seconds is ended and run again.

    The library's search may never end: its clock stops at once if it starts before the search itself has.
    """
    for _ in range(_TRIES):
        with suppress(subprocess.TimeoutExpired):
            return subprocess.run(command, env=env, capture_output=True, check=False, timeout=limit)
    raise SetupError(f"fastText's search did not end within {limit:.0f} s, {_TRIES} times; use [grid]")


def _rows(examples: pa.Table) -> Iterable[tuple[bytes, bool]]:
    for batch in examples.select(["text", "is_positive"]).to_batches(max_chunksize=1000):
        texts, classes = batch.column("text").cast(pa.large_binary()), batch.column("is_positive")
        yield from zip(texts.to_pylist(), classes.to_pylist(), strict=True)


def _end(done: "subprocess.CompletedProcess[bytes]") -> str:
    if done.returncode < 0:
        name = signal.Signals(-done.returncode).name
        return f"was ended by {name}{': perhaps memory was short' if name == 'SIGKILL' else ''}"
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return f"ended with {done.returncode}: {lines[-1] if lines else 'it said nothing'}"
