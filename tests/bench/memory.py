"""Memory of this process and of those below it, sampled; and what one large file costs a worker."""

import os
import re
import shutil
import threading
import time
from pathlib import Path

BIG_BYTES = 1 << 30


class PeakMemory(threading.Thread):
    """The highest resident memory seen, sampled twice a second.

    Attributes:
        peak_bytes: Of this process and all below it, summed.
        worker_bytes: Of one Python process below it.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak_bytes = self.worker_bytes = 0
        self._is_over = threading.Event()
        self.start()

    def run(self) -> None:
        while not self._is_over.wait(0.5):
            below = _below(os.getpid())
            workers = [size for pid, (name, size) in below.items() if name.startswith("python") and pid != os.getpid()]
            self.peak_bytes = max(self.peak_bytes, sum(size for _, size in below.values()))
            self.worker_bytes = max(self.worker_bytes, *workers, 0)

    def stop(self) -> "PeakMemory":
        """Sample no more."""
        self._is_over.set()
        self.join()
        return self


def _below(root: int) -> dict[int, tuple[str, int]]:
    """Give name and resident bytes of a process and all below it, by id."""
    parents: dict[int, int] = {}
    found: dict[int, tuple[str, int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "status").read_text()
        except OSError:
            continue
        told = dict(re.findall(r"^(Name|PPid|VmRSS):\s+(\S+)", status, re.MULTILINE))
        parents[int(folder.name)] = int(told["PPid"])
        found[int(folder.name)] = (told["Name"], int(told.get("VmRSS", 0)) * 1024)

    def is_below(pid: int) -> bool:
        while pid > 1 and pid != root:
            pid = parents.get(pid, 0)
        return pid == root

    return {pid: one for pid, one in found.items() if is_below(pid)}


def one_large_file(work: Path, recipe: str) -> dict[str, float]:
    """Ingest a WARC of 1 GB, made of the benchmark's files; gives its size and what it cost."""
    from jobs import ingest
    from jobs.common.context import Inputs, open_context

    big = work / "big.warc.gz"
    with big.open("wb") as out:  # members are records: one file behind another is a file
        for path in sorted((work / "crawl").iterdir()):
            with path.open("rb") as one:
                shutil.copyfileobj(one, out)
            if out.tell() >= BIG_BYTES:
                break
    memory, started = PeakMemory(), time.monotonic()
    ingest.run(open_context(recipe, str(work / "large"), None, Inputs([str(big)])))
    seconds = time.monotonic() - started
    size = big.stat().st_size
    big.unlink()
    return {"file_bytes": size, "seconds": seconds, "worker_peak_bytes": memory.stop().worker_bytes}
