"""Pages that may harm a parser, read by a child process that can be killed.

Native code ignores signals and its crash takes the whole process along, so a time limit, a memory
limit and a crash need a process of their own. Starting one and passing pages through its pipes is
only paid for the few pages that ``transforms.text.danger`` does not call harmless.
"""

import atexit
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from jobs.common.child import Child, ChildDied, Limits, Spec
from transforms.extract import Page, PageReader
from transforms.text.danger import is_harmless

ReaderFactory = Callable[[dict[str, Any]], PageReader]
"""Options → reader; a function that can be imported by its module and name."""


def guarded(
    make_reader: ReaderFactory, options: dict[str, Any], limits: Limits, *, is_careful: bool = False
) -> PageReader:
    """Give ``make_reader(options)`` behind a guard.

    Args:
        make_reader: Makes the reader, here and in the child, which imports it by name.
        options: Its argument; anything that JSON can carry.
        limits: What a suspicious page may cost.
        is_careful: Read every page in the child, so that no page can end this process.

    The reader refuses pages with ``page_too_slow``, ``page_too_large_in_memory`` or
    ``parser_crashed``; a reader's own refusals and exceptions come through, the latter as
    RuntimeError. It raises ChildProcessError if no child can be started: that is no page's fault.
    """
    spec = Spec(f"{make_reader.__module__}:{make_reader.__qualname__}", json.dumps(options, sort_keys=True), limits)
    return _Guard(make_reader(options), spec, is_careful)


@dataclass(frozen=True)
class _Guard:
    """A class of a module, not a function in a function: it travels to workers by name, without a lock."""

    read_here: PageReader
    spec: Spec
    is_careful: bool

    def __call__(self, body: bytes, declared: str | None) -> Page:
        if not self.is_careful and is_harmless(body):
            return self.read_here(body, declared)
        return _CHILDREN.read(self.spec, body, declared)


@dataclass
class _Children:
    """The children of this process, one for each spec, and one page at a time."""

    lock: Lock = field(default_factory=Lock)
    by_spec: dict[Spec, Child] = field(default_factory=dict)

    def read(self, spec: Spec, body: bytes, declared: str | None) -> Page:
        """Have a page read by the child that waits for one, or by a new one."""
        with self.lock, suppress(ChildDied):
            return self._waiting(spec).read(body, declared)
        with self.lock:
            return self._waiting(spec).read(body, declared)

    def _waiting(self, spec: Spec) -> Child:
        child = self.by_spec.get(spec)
        if child is None or not child.is_alive:
            if child is not None:
                child.stop()
            self.by_spec[spec] = child = Child(spec)
        return child

    def stop(self) -> None:
        """End all of them."""
        while self.by_spec:
            self.by_spec.popitem()[1].stop()

    def forget(self) -> None:
        """After a fork they are the parent's; holding their pipes open would keep them alive."""
        self.lock = Lock()
        while self.by_spec:
            self.by_spec.popitem()[1].forget()


_CHILDREN = _Children()
atexit.register(_CHILDREN.stop)
os.register_at_fork(after_in_child=_CHILDREN.forget)
