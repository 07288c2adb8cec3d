"""A process that reads pages and can be ended: its life, its limits, and what its end means."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from threading import Timer
from typing import BinaryIO

from jobs.common.messages import receive, send
from transforms.extract import Page, PageRefused

TOO_SLOW, TOO_LARGE, CRASHED = "page_too_slow", "page_too_large_in_memory", "parser_crashed"
START_SECONDS = 60.0
END_SECONDS = 10.0
OUT_OF_MEMORY = 12
"""Exit status of a child that ended because it was refused memory."""


@dataclass(frozen=True)
class Limits:
    """What one page may cost.

    Attributes:
        max_seconds: Wall-clock time.
        max_bytes: Address space of the process that reads it, the interpreter's 50 MB included.
    """

    max_seconds: float
    max_bytes: int


@dataclass(frozen=True)
class Spec:
    """What a child is started with; those that are equal share one. Also the child's command line."""

    factory: str
    options: str
    limits: Limits


class ChildDied(Exception):
    """A child that ended while it waited for a page, which has nothing to do with it."""


class Child:
    """A process that reads one page after another."""

    def __init__(self, spec: Spec) -> None:
        """Start it; ChildProcessError if it does not come to life."""
        self._limits = spec.limits
        command = [sys.executable, "-P", "-m", "jobs.common.sandboxed", spec.factory, spec.options]
        self._process = subprocess.Popen(
            [*command, str(spec.limits.max_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            # What this process can import, the child can: also from a zip that Spark has shipped.
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)},
        )
        self._is_overdue = False
        if self._exchange(START_SECONDS) is None:
            self.stop()
            raise ChildProcessError(f"no process for suspicious pages: {' '.join(command[:4])} does not start")

    @property
    def is_alive(self) -> bool:
        """Whether it waits for a page."""
        return not self._is_overdue and self._process.poll() is None

    def read(self, body: bytes, declared: str | None) -> Page:
        """Have a page read, or raise as ``guarded`` says; ChildDied if it died before it had the page."""
        self._has_page = False
        answer = self._exchange(self._limits.max_seconds, json.dumps(declared).encode(), body)
        if answer is None:
            raise self._what_ended_it()
        told = json.loads(answer)
        if "page" in told:
            return Page(*told["page"])
        if "refused" in told:
            raise PageRefused(*told["refused"])
        raise RuntimeError(told["failed"])

    def _exchange(self, seconds: float, *request: bytes) -> bytes | None:
        """Send a request, if any, and give the answer; None if the child ended before, or had to be ended."""
        timer = Timer(seconds, self._end_overdue)
        timer.daemon = True
        timer.start()
        try:
            for part in request:
                send(self._stdin, part)
            self._has_page = bool(request) and receive(self._stdout) is not None
            return receive(self._stdout)
        except OSError:
            return None
        finally:
            timer.cancel()
            timer.join()  # else it might still end a child that reads the next page

    def _end_overdue(self) -> None:
        self._is_overdue = True
        self._process.terminate()

    def _what_ended_it(self) -> PageRefused | ChildDied:
        status = self._ended()
        if self._is_overdue:
            return PageRefused(TOO_SLOW, f"over {self._limits.max_seconds:g} s")
        if status == OUT_OF_MEMORY:
            return PageRefused(TOO_LARGE, f"over {self._limits.max_bytes} bytes")
        return PageRefused(CRASHED, f"exit status {status}") if self._has_page else ChildDied()

    def stop(self) -> None:
        """End it and leave no zombie."""
        self._process.terminate()
        self._ended()

    def _ended(self) -> int:
        """Wait for the end that has begun; gives the exit status."""
        self.forget()
        try:
            return self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def forget(self) -> None:
        """Close this process's ends of the pipes: with the last one, the child ends."""
        for pipe in (self._stdin, self._stdout):
            with suppress(OSError):
                pipe.close()

    @property
    def _stdin(self) -> BinaryIO:
        return self._process.stdin  # type: ignore[return-value]  # PIPE, so never None

    @property
    def _stdout(self) -> BinaryIO:
        return self._process.stdout  # type: ignore[return-value]
