"""Page readers that do harm when a page asks for it; Spark's workers and the sandbox's child import them."""

import ctypes
import os
import signal
import time

from transforms.extract import Page, PageRefused, page_reader

HARMS = {
    b"<!--killed-->": lambda: os.kill(os.getpid(), signal.SIGKILL),
    b"<!--segfault-->": lambda: ctypes.string_at(0),
    b"<!--exit-->": lambda: os._exit(3),
    b"<!--slow-->": lambda: time.sleep(60),
    b"<!--stopped-->": lambda: os.kill(os.getpid(), signal.SIGSTOP),
    b"<!--greedy-->": lambda: bytearray(4 << 30),
    b"<!--greedy by parts-->": lambda: [bytearray(50 << 20) for _ in range(100)],
    b"<!--prints-->": lambda: os.write(1, b"noise" * 1000),
}


def deadly_reader(options):
    """The reader of ``options``, deadly on marked pages."""
    read_safely = page_reader(options)

    def read(body, declared):
        for mark, harm in HARMS.items():
            if mark in body:
                harm()
        if b"<!--refused-->" in body:
            raise PageRefused("a_reason", "a detail")
        if b"<!--failed-->" in body:
            raise ValueError("a surprise")
        if b"<!--pid-->" in body:
            return Page(str(os.getpid()), "utf-8", "http", None, 0, "deadly")
        return read_safely(body, declared)

    return read


def unimportable_reader(options):
    """A reader that no child can make: only the process that runs the tests can."""
    if "PYTEST_CURRENT_TEST" not in os.environ or "-P" in os.sys.orig_argv:
        raise ImportError("not here")
    return page_reader(options)
