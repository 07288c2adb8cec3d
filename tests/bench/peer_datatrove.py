"""datatrove's WARC reader with one of its extractors over a folder, in the environment of ``make bench-peers``.

Run by ``tests.bench.peers``: ``python peer_datatrove.py ENGINE FOLDER PROCESSES``. Prints one line of JSON.
It imports nothing of this project: the environment has none of its packages.
"""

import json
import multiprocessing
import sys
import time
from importlib.metadata import version

import pylibmagic  # noqa: F401  the library that datatrove's reader looks for, where the system has none
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.extractors.base import BaseExtractor
from datatrove.pipeline.readers import WarcReader
from datatrove.utils.logging import logger
from resiliparse.extract.html2text import extract_plain_text


class Resiliparse(BaseExtractor):
    """resiliparse as an extractor of datatrove, which brings none."""

    name = "resiliparse"

    def __init__(self) -> None:
        super().__init__(timeout=1)

    def extract(self, text: str) -> str:
        """Give the main text."""
        return extract_plain_text(text, main_content=True)


ENGINES = {"trafilatura": Trafilatura, "resiliparse": Resiliparse}


def work(engine: str, folder: str, rank: int, n: int, barrier, told) -> None:  # type: ignore[no-untyped-def]
    """Read and extract one share of the files; imports and process start are not timed."""
    logger.remove()
    reader, extractor = WarcReader(folder), ENGINES[engine]()
    extractor.extract("<html><body><p>warm</p></body></html>")
    barrier.wait()
    started, n_documents = time.monotonic(), 0
    for _ in extractor.run(reader.run(rank=rank, world_size=n), rank, n):
        n_documents += 1
    told.put((n_documents, time.monotonic() - started))


def main(engine: str, folder: str, n: int) -> None:
    """Share the files between ``n`` processes, as datatrove's local executor does."""
    context = multiprocessing.get_context("fork")
    barrier, told = context.Barrier(n), context.Queue()
    # Not daemons: datatrove's extractors start a process each.
    workers = [context.Process(target=work, args=(engine, folder, rank, n, barrier, told)) for rank in range(n)]
    for worker in workers:
        worker.start()
    found = [told.get() for _ in workers]
    for worker in workers:
        worker.join()
    n, seconds = sum(one[0] for one in found), max(one[1] for one in found)
    print(json.dumps({"version": version("datatrove"), "documents": n, "seconds": seconds}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
