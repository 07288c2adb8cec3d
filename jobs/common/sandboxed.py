"""What a ``child`` runs: reads pages from standard input until it ends or is ended.

Command line: factory as ``module:name``, its options as JSON, the limit of the address space in
bytes. Frames in: declared charset as JSON, body. Frames out: an empty one when ready, then for each
page an empty one when it has come, and an answer as JSON.

It is two processes: one reads, and the one that started it waits for its end and tells it by an exit
status. Only a process that was forked from a small one has a peak of memory of its own: on Linux, a
process that was started by another program counts that program's peak as its own.
"""

import ctypes
import json
import os
import resource
import signal
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from jobs.common.child import OUT_OF_MEMORY, TOO_LARGE
from jobs.common.messages import receive, send
from transforms.extract import PageReader, PageRefused

_PR_SET_PDEATHSIG = 1


def main(factory: str, options: str, max_bytes: int) -> None:
    """Serve pages on the pipes that were standard input and output, and exit as ``_status`` says."""
    _die_with_parent()
    reader = os.fork()
    if reader:
        _watch(reader, max_bytes)
    _die_with_parent()
    # Whatever a parser prints must not get between the answers.
    pages, answers = os.fdopen(os.dup(0), "rb", 0), os.fdopen(os.dup(1), "wb", 0)
    os.dup2(2, 1)
    module, _, name = factory.partition(":")
    read_page = getattr(import_module(module), name)(json.loads(options))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (max_bytes, max_bytes))
    serve(read_page, pages, answers, max_bytes)


def _watch(reader: int, max_bytes: int) -> None:
    """Wait for the end of the process that reads; SIGTERM hastens it."""
    signal.signal(signal.SIGTERM, lambda *_: _kill(reader))
    # The other end must see it when the reader closes its pipes.
    os.closerange(0, 2)
    _, status, usage = os.wait4(reader, 0)
    os._exit(_status(os.waitstatus_to_exitcode(status), _peak_bytes(usage), max_bytes))


def _kill(reader: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(reader, signal.SIGKILL)


def _status(code: int, peak: int, max_bytes: int) -> int:
    """Give the exit status: 128 and the signal, as shells have it, for a process that a signal ended."""
    # Native code that is refused memory aborts or crashes: what grows, doubles, so half of it was in use.
    if code and peak > max_bytes // 2:
        return OUT_OF_MEMORY
    return code if code >= 0 else 128 - code


def serve(read_page: PageReader, pages: BinaryIO, answers: BinaryIO, max_bytes: int) -> None:
    """Answer each page until the stream of pages ends."""
    send(answers, b"")
    while (declared := receive(pages)) is not None:
        try:
            body = receive(pages)
            if body is None:
                return
            send(answers, b"")  # from here on, what ends this process is the page
            answer = json.dumps(_answer(read_page, body, json.loads(declared), max_bytes)).encode()
        except MemoryError:
            # The page itself, or its answer, did not fit: what is left of the request is lost too.
            os._exit(OUT_OF_MEMORY)
        send(answers, answer)
        del body, answer
        # What becomes of a page must not depend on those before it: whoever held much memory makes room for another.
        if _peak_address_space() > max_bytes // 4:
            return


def _answer(read_page: PageReader, body: bytes, declared: str | None, max_bytes: int) -> dict[str, Any]:
    try:
        return {"page": read_page(body, declared)}
    except PageRefused as why:
        return {"refused": [why.reason, why.detail]}
    except Exception as error:
        # Parsers tell in words of their own that they were refused memory: by then, half of it was in use,
        # because what grows, doubles.
        if isinstance(error, MemoryError) or _peak_address_space() > max_bytes // 2:
            return {"refused": [TOO_LARGE, f"over {max_bytes} bytes"]}
        return {"failed": f"{type(error).__name__}: {error}"[:200]}


def _peak_address_space() -> int:
    """Give the most bytes of address space this process has had, or of memory where the system does not tell."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmPeak"))
        return int(line.split()[1]) << 10
    return _peak_bytes(resource.getrusage(resource.RUSAGE_SELF))


def _peak_bytes(usage: resource.struct_rusage) -> int:
    """Give the most memory held; systems count it in different units."""
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _die_with_parent() -> None:
    """On Linux, be killed when the parent dies; elsewhere the end of standard input must do."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
