"""One run at a time writes a warehouse: a lease in its folder, numbered, so that a dead holder's is taken by one only.

Who wants it makes the file of the next number, which the store lets only one do. The holder of the highest number has
it; it writes its file again every few seconds, and finds out there that somebody else took over.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from jobs.common.lease_files import BEAT, Claim, claims, is_over, make, read, release, renew
from jobs.common.progress import Reporter
from schemas.errors import SourceUnavailableError

_TRIES = 5


@dataclass
class Held:
    """A lease that this process has; ``error`` says why it has it no more."""

    folder: str
    number: int
    claim: Claim
    error: str | None = None
    n_inside: int = 1
    stopped: threading.Event = field(default_factory=threading.Event)
    writing: threading.Lock = field(default_factory=threading.Lock)

    def check(self) -> None:
        """Make sure that it is still this run's.

        Raises:
            SourceUnavailableError: somebody took it over, or the store has been out of reach for long.
        """
        if self.error:
            raise SourceUnavailableError(f"{self.folder}: {self.error}; what is committed stays, run it again")


_held: dict[str, Held] = {}
_guard = threading.Lock()


@contextmanager
def leased(root: str, run_id: str, what: str, reporter: Reporter) -> Iterator[Held]:
    """Hold a warehouse's lease while the block runs; within a block of the same run, it is that one's.

    Args:
        root: The warehouse's folder.
        run_id: Of the command.
        what: What it does, for who finds the warehouse taken.
        reporter: Is told when a dead run's lease is taken over.

    Raises:
        SourceUnavailableError: another run holds it; nothing was changed.
    """
    held = _entered(f"{root}/lease", Claim.of(run_id, what), reporter)
    try:
        yield held
        held.check()
    finally:
        _left(held)


def _entered(folder: str, claim: Claim, reporter: Reporter) -> Held:
    with _guard:
        mine = _held.get(folder)
        if mine and mine.claim.run_id == claim.run_id:
            mine.check()
            mine.n_inside += 1
            return mine
    number = _taken(folder, claim, reporter)
    held = Held(folder, number, claim)
    with _guard:
        _held[folder] = held
    threading.Thread(target=_beat, args=(held,), name="lease", daemon=True).start()
    return held


def _left(held: Held) -> None:
    with _guard:
        held.n_inside -= 1
        if held.n_inside:
            return
        _held.pop(held.folder, None)
    held.stopped.set()
    with held.writing:  # a sign of life that is being written must not come after the word that it is over
        if not held.error:
            release(held.folder, held.number, held.claim)


def _taken(folder: str, claim: Claim, reporter: Reporter) -> int:
    """Make the next number's file; gives the number."""
    for _ in range(_TRIES):
        last = max(claims(folder), default=0)
        before = read(folder, last) if last else None
        if last and before is None:
            continue  # it went while we looked: somebody newer is there
        if before and not is_over(folder, last, before):
            raise SourceUnavailableError(_busy(folder, before))
        if make(folder, last + 1, claim):
            if before and not before.is_released:
                reporter.log(f"took over from a run that ended without a word: {before.what} ({before.run_id})")
            return last + 1
    raise SourceUnavailableError(f"{folder}: others are taking it at this moment; nothing was changed, run it again")


def _busy(folder: str, other: Claim) -> str:
    who = f"{other.what} (run {other.run_id}, process {other.pid} on {other.host}, last seen {other.beat_at})"
    return (
        f"{folder}: another run is writing this warehouse: {who}; nothing was changed, run it again when that has ended"
    )


def _beat(held: Held) -> None:
    while not held.stopped.wait(BEAT):
        with held.writing:
            if held.stopped.is_set():
                return
            held.error = renew(held.folder, held.number, held.claim)
        if held.error:
            return
