"""Memory of this process and of those below it, sampled; and what one large file costs a worker."""

import os
import re
import shutil
import threading
import time
from pathlib import Path

BIG_BYTES = 1 << 30


class PeakMemory(threading.Thread):
    """The highest memory seen, sampled again and again.

    Attributes:
        peak_bytes: Resident memory of this process and all below it, summed.
        worker_bytes: Of one Python process below it.
        worker_pss_bytes: The same, pages that several processes share counted by its share; only where it is asked.
    """

    def __init__(self, asks_pss: bool = False) -> None:
        super().__init__(daemon=True)
        self.peak_bytes = self.worker_bytes = self.worker_pss_bytes = 0
        self._asks_pss = asks_pss
        self._is_over = threading.Event()
        self.start()

    def run(self) -> None:
        while not self._is_over.wait(0.1 if self._asks_pss else 0.5):
            below = _below(os.getpid())
            workers = {pid for pid, (name, _) in below.items() if name.startswith("python")} - {os.getpid()}
            self.peak_bytes = max(self.peak_bytes, sum(size for _, size in below.values()))
            self.worker_bytes = max(self.worker_bytes, *(below[pid][1] for pid in workers), 0)
            if self._asks_pss:
                self.worker_pss_bytes = max(self.worker_pss_bytes, *map(_pss, workers), 0)

    def stop(self) -> "PeakMemory":
        """Sample no more."""
        self._is_over.set()
        self.join()
        return self


def _pss(pid: int) -> int:
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    found = re.search(r"^Pss:\s+(\d+)", told, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


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


def one_large_file(work: Path, crawl: Path, recipe: str) -> dict[str, float]:
    """Ingest a WARC of 1 GB, made of the benchmark's files; gives its size and what it cost."""
    from jobs import ingest
    from jobs.common.context import Inputs, open_context

    big = work / "big.warc.gz"
    with big.open("wb") as out:  # members are records: one file behind another is a file
        for path in sorted(crawl.iterdir()):
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
