"""The files of a lease: who claims a warehouse, and whether that one still lives."""

import json
import os
import platform
import socket
import time
import uuid
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from jobs.common import files
from jobs.common.files import UNREACHABLE
from schemas.errors import SourceUnavailableError

BEAT = 10.0  # seconds from one sign of life to the next
PATIENCE = 120.0  # without one for so long, a run on another machine is taken for dead
_NAMES = 12


@dataclass(frozen=True)
class Claim:
    """Who holds a lease, and when it last said so.

    Attributes:
        run_id: Of the command.
        what: What it does.
        host: Name of its machine.
        machine: The machine since it was started, and the container: within it process numbers mean something.
        pid: Its process.
        began: When that process began, as the machine counts; a number that is used again began later.
        beat_at: Its last sign of life, ISO 8601.
        is_released: Whether it ended well.
    """

    run_id: str
    what: str
    host: str
    machine: str
    pid: int
    began: str
    beat_at: str
    is_released: bool = False

    @classmethod
    def of(cls, run_id: str, what: str) -> "Claim":
        """Give this process's."""
        pid = os.getpid()
        return cls(run_id, what, socket.gethostname(), _machine(), pid, _began(pid) or "", _now())


def claims(folder: str) -> list[int]:
    """Give the numbers of all claims that are there."""
    fs, path = files.filesystem(folder)
    if not fs.exists(path):
        return []
    names = [str(one).rpartition("/")[2] for one in fs.ls(path, detail=False, refresh=True)]
    return [int(name[:_NAMES]) for name in names if name[:_NAMES].isdigit() and name.endswith(".json")]


def read(folder: str, number: int) -> Claim | None:
    """Read a claim; None if it is gone, or nobody can read it."""
    try:
        return Claim(**json.loads(files.read_bytes(_path(folder, number))))
    except (SourceUnavailableError, FileNotFoundError, ValueError, TypeError):
        return None


def make(folder: str, number: int, claim: Claim) -> bool:
    """Make a claim's file, whole, if nobody else made it; then those before it go."""
    data = json.dumps(asdict(claim)).encode()
    if not _create(_path(folder, number), data):
        return False
    for old in claims(folder):
        if old < number:
            files.remove(_path(folder, old))
    return True


def renew(folder: str, number: int, claim: Claim) -> str | None:
    """Give a sign of life; tells why the lease is lost, None if it is not."""
    try:
        if max(claims(folder), default=0) > number:
            return "another run took this one for dead and writes the warehouse now"
        files.write_text(_path(folder, number), json.dumps(asdict(replace(claim, beat_at=_now()))))
    except (*UNREACHABLE, SourceUnavailableError) as error:
        return f"no sign of life could be written ({type(error).__name__})"
    return None


def release(folder: str, number: int, claim: Claim) -> None:
    """Say that a run has ended; the file stays, so that numbers never come again."""
    if max(claims(folder), default=0) == number:
        files.write_text(_path(folder, number), json.dumps(asdict(replace(claim, is_released=True))))


def is_over(folder: str, number: int, claim: Claim) -> bool:
    """Say whether a claim's run has ended, well or not.

    A process of this machine is looked for. One elsewhere is dead if it gave no sign of life for long, by its clock
    and ours, and, as clocks differ, gives none while we wait for two.
    """
    if claim.is_released:
        return True
    if claim.machine == _machine():
        return _began(claim.pid) != claim.began
    silence = (datetime.now(UTC) - datetime.fromisoformat(claim.beat_at)).total_seconds()
    if silence < PATIENCE:
        return False
    time.sleep(2 * BEAT)
    return read(folder, number) == claim


def _create(uri: str, data: bytes) -> bool:
    fs, path = files.filesystem(uri)
    if not files.is_local(uri):
        try:
            fs.pipe_file(path, data, mode="create")
        except FileExistsError:
            return False
        return True
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    part = Path(f"{path}.{uuid.uuid4().hex}")
    part.write_bytes(data)
    try:
        # A name for a whole file, given if it is free: readers never see a part.
        os.link(part, path)
    except FileExistsError:
        return False
    except OSError:  # mounted stores know no second name
        return _create_in_place(path, data)
    finally:
        part.unlink()
    return True


def _create_in_place(path: str, data: bytes) -> bool:
    try:
        with open(path, "xb") as out:
            out.write(data)
    except FileExistsError:
        return False
    return True


def _path(folder: str, number: int) -> str:
    return f"{folder}/{number:0{_NAMES}}.json"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _machine() -> str:
    """Name this machine since its start and this container; unknown ones have nothing in common."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    if not boot.exists():
        return f"{platform.node()}/{uuid.getnode()}"
    return f"{platform.node()}/{boot.read_text().strip()}/{os.readlink('/proc/self/ns/pid')}"


def _began(pid: int) -> str | None:
    """Say when a process began, as its machine counts; None if it is no more."""
    if not Path("/proc/self/stat").exists():
        try:
            os.kill(pid, 0)  # asks, and does nothing
        except ProcessLookupError:
            return None
        except PermissionError:
            return ""  # somebody else's
        return ""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if told[0] in {"Z", "X"} else told[19]
