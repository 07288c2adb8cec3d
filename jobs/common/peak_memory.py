"""How much memory a command took on its own machine: of itself, its JVM and its Python workers."""

import re
from pathlib import Path

_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)
_PARENT = re.compile(r"^PPid:\s+(\d+)", re.MULTILINE)
_PROC = Path("/proc")


def peak_memory_bytes(pid: int, proc: Path = _PROC) -> int | None:
    """Sum up the peaks of a process and of all that it started and that still run, in bytes.

    Each process's own peak, which need not have been at one time: what a machine must have at most. Executors on other
    machines are not in it. None where the system does not tell.
    """
    told = {int(folder.name): _status(folder) for folder in proc.glob("[0-9]*")}
    if pid not in told:
        return None
    children: dict[int, list[int]] = {}
    for child, text in told.items():
        for parent in _PARENT.findall(text):
            children.setdefault(int(parent), []).append(child)
    todo, total = [pid], 0
    while todo:
        one = todo.pop()
        total += sum(1024 * int(kilobytes) for kilobytes in _PEAK.findall(told[one]))
        todo += children.get(one, [])
    return total


def _status(folder: Path) -> str:
    try:
        return (folder / "status").read_text(encoding="utf-8", errors="replace")
    except OSError:  # it ended
        return ""
