"""What the operator sees while a job runs: a live display on a terminal, else one line per step."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn


@dataclass
class Stage:
    """One stage's counts so far; each call says what one committed unit added."""

    name: str
    n_units: int = 0
    n_files: int = 0
    n_documents: int = 0
    started: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Seconds since the stage began."""
        return time.monotonic() - self.started

    @property
    def rate(self) -> float:
        """Documents per second so far."""
        return self.n_documents / max(self.seconds, 1e-9)

    def advance(self, n_files: int, n_documents: int) -> None:
        """Count one more committed unit, with numbers read from its table."""
        self.n_units += 1
        self.n_files += n_files
        self.n_documents += n_documents

    def line(self) -> str:
        """Sum the stage up, for a log."""
        return (
            f"{self.name}: {self.n_documents:,} documents, {self.n_files:,} files, {self.n_units} units"
            f" in {self.seconds:.1f} s ({self.rate:,.0f} documents/s)"
        )


class _LiveStage(Stage):
    """A stage with a bar that moves when a unit commits."""

    def attach(self, bar: Progress, total: int) -> None:
        self._bar = bar
        self._task = bar.add_task(self.name, total=total, files=0, documents=0, rate=0.0)

    def advance(self, n_files: int, n_documents: int) -> None:
        super().advance(n_files, n_documents)
        told = {"files": self.n_files, "documents": self.n_documents, "rate": self.rate}
        self._bar.update(self._task, advance=1, **told)  # type: ignore[arg-type]


class Reporter:
    """Shows stages; quiet but for one log line per step when standard error is no terminal."""

    def __init__(self) -> None:
        """Look at standard error once."""
        self.console = Console(stderr=True)
        self.is_live = self.console.is_terminal

    @contextmanager
    def stage(self, name: str, n_units: int) -> Iterator[Stage]:
        """Show a stage of ``n_units`` units while the block runs."""
        if not self.is_live or n_units == 0:
            stage = Stage(name)
            yield stage
            self.log(stage.line())
            return
        live = _LiveStage(name)
        with Progress(
            TextColumn("[bold]{task.description:<9}"),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TextColumn("units · {task.fields[files]:,} files · {task.fields[documents]:,} documents"),
            TextColumn("· {task.fields[rate]:,.0f}/s ·"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=self.console,
        ) as bar:
            live.attach(bar, n_units)
            yield live

    def log(self, text: str) -> None:
        """Tell one line, with the time when nobody is watching."""
        if self.is_live:
            self.console.print(text, highlight=False, markup=False)
        else:
            stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            print(f"{stamp} sluice {text}", file=sys.stderr, flush=True)
