"""Named moments at which a run may be cut off, and how tests cut it there. Unless SLUICE_FAULT is set, nothing happens.

Every commit of a table ends in such a moment, since all go through one door: so there is one between any two steps of a
run, and none can be forgotten. What lies beside a snapshot's data has its own. ``SLUICE_FAULT`` is
``<moment>:<nth>:<action>``: the nth time (from 1) that the moment comes, ``kill`` (the process and all that it started,
at once), ``raise`` (any error) or ``full`` (a disk's). ``stop:<path>`` writes down each moment's name, and stops there
until somebody lets the process go on: what lies in the warehouse then is what a kill would leave.
"""

import errno
import os
import signal
import threading
from collections import Counter
from pathlib import Path

_VARIABLE = "SLUICE_FAULT"
_seen: Counter[str] = Counter()
_guard = threading.Lock()  # units commit at once


def moment(name: str) -> None:
    """Say that a moment has come.

    Raises:
        RuntimeError: it was asked for, by ``raise``.
        OSError: it was asked for, by ``full``.
    """
    asked = os.environ.get(_VARIABLE)
    if not asked:
        return
    with _guard:
        _seen[name] += 1
        if asked.startswith("stop:"):
            with Path(asked.removeprefix("stop:")).open("a", encoding="utf-8") as out:
                out.write(f"{name}:{_seen[name]}\n")
            os.kill(os.getpid(), signal.SIGSTOP)
            return
        if asked.rpartition(":")[0] == f"{name}:{_seen[name]}":
            _act(asked.rpartition(":")[2], name)


def _act(action: str, name: str) -> None:
    if action == "kill":
        os.killpg(os.getpgrp(), signal.SIGKILL)
    if action == "full":
        raise OSError(errno.ENOSPC, f"{os.strerror(errno.ENOSPC)} (asked for, after {name})")
    raise RuntimeError(f"asked for, after {name}")
