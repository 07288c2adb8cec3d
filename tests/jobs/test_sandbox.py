"""Suspicious pages are read in a process that may die, and nothing else may."""

import os
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from jobs.common import sandbox
from jobs.common.child import Limits
from jobs.common.sandbox import guarded
from schemas.recipe import Extract
from tests.conftest import ROOT
from tests.jobs.deadly import deadly_reader, unimportable_reader
from transforms.extract import PageRefused, page_reader

OPTIONS = Extract().model_dump()
LIMITS = Limits(max_seconds=20.0, max_bytes=512 << 20)
PAGE = "<html><body><main><p>Grüße, one page.</p></main></body></html>".encode()
DEEP = b"<div>" * 20_000

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and resource limits")


@pytest.fixture
def read():
    yield guarded(deadly_reader, OPTIONS, LIMITS, is_careful=True)
    sandbox._CHILDREN.stop()


def refusal(read, body):
    with pytest.raises(PageRefused) as caught:
        read(body, None)
    return caught.value.reason


def pid_of(read):
    return int(read(b"<!--pid-->", None).text)


def is_running(pid):
    """True of a process that lives; a zombie does not."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def ends(pid, seconds=10):
    deadline = time.monotonic() + seconds
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_running(pid)


class TestPages:
    def test_a_page_read_in_the_child_is_the_page_read_here(self, read):
        for body, declared in ((PAGE, "utf-8"), (PAGE, None), ("<p>Größe".encode("cp1252"), "latin1"), (b"", None)):
            assert read(body, declared) == page_reader(OPTIONS)(body, declared)

    def test_a_page_larger_than_any_pipe_comes_through_both_ways(self, read):
        body = b"<html><body><p>" + b"many words " * 300_000
        assert read(body, "utf-8") == page_reader(OPTIONS)(body, "utf-8")

    def test_the_child_stays_for_the_next_page(self, read):
        assert pid_of(read) == pid_of(read) != os.getpid()

    def test_a_harmless_page_is_read_here(self):
        assert pid_of(guarded(deadly_reader, OPTIONS, LIMITS)) == os.getpid()

    def test_a_page_that_is_not_harmless_is_read_by_the_child(self):
        read = guarded(deadly_reader, OPTIONS, LIMITS)
        assert int(read(b"<!--pid-->" + DEEP, None).text) != os.getpid()

    def test_what_a_reader_refuses_is_refused_with_its_reason(self, read):
        with pytest.raises(PageRefused, match="a_reason") as caught:
            read(b"<!--refused-->", None)
        assert caught.value.detail == "a detail"

    def test_what_a_reader_raises_is_told(self, read):
        with pytest.raises(RuntimeError, match="ValueError: a surprise"):
            read(b"<!--failed-->", None)

    def test_what_a_parser_prints_does_not_get_into_the_answer(self, read):
        assert "one page" in read(PAGE + b"<!--prints-->", None).text


class TestHarm:
    @pytest.mark.parametrize(
        ("mark", "reason"),
        [
            ("killed", "parser_crashed"),
            ("segfault", "parser_crashed"),
            ("exit", "parser_crashed"),
            ("slow", "page_too_slow"),
            ("stopped", "page_too_slow"),
            ("greedy", "page_too_large_in_memory"),
            ("greedy by parts", "page_too_large_in_memory"),
        ],
    )
    def test_a_harmful_page_is_refused_and_the_next_one_is_read(self, read, mark, reason):
        if reason == "page_too_slow":
            read = guarded(deadly_reader, OPTIONS, replace(LIMITS, max_seconds=1.0), is_careful=True)
        started = time.monotonic()
        assert refusal(read, PAGE + f"<!--{mark}-->".encode()) == reason
        assert time.monotonic() - started < 15
        assert read(PAGE, "utf-8") == page_reader(OPTIONS)(PAGE, "utf-8")

    def test_native_code_is_ended_in_time(self):
        read = guarded(page_reader, OPTIONS, Limits(1.0, 512 << 20), is_careful=True)
        read(PAGE, None)  # the child is there now
        started = time.monotonic()
        assert refusal(read, DEEP * 3) == "page_too_slow"
        assert time.monotonic() - started < 8  # of 1 that it was given; by itself it takes a minute

    def test_native_code_that_wants_too_much_memory_is_told_apart_from_a_crash(self):
        read = guarded(page_reader, OPTIONS, Limits(20, 256 << 20))
        for size in (1 << 19, 1 << 20, 1 << 21):
            assert refusal(read, b"<p>x" * size) == "page_too_large_in_memory"

    def test_how_much_memory_its_parent_has_held_does_not_matter(self):
        code = (
            "held = b'x' * (600 << 20); del held; from jobs.common.child import Limits;"
            "from jobs.common.sandbox import guarded; from tests.jobs.deadly import deadly_reader;"
            "from tests.jobs.test_sandbox import OPTIONS, refusal;"
            "read = guarded(deadly_reader, OPTIONS, Limits(20, 256 << 20), is_careful=True);"
            "print(refusal(read, b'<!--exit-->'), refusal(read, b'<p>x' * (1 << 21)))"
        )
        told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
        assert told.stdout.split() == ["parser_crashed", "page_too_large_in_memory"], told.stderr

    def test_what_becomes_of_a_page_does_not_depend_on_those_before_it(self):
        read = guarded(deadly_reader, OPTIONS, Limits(20, 512 << 20), is_careful=True)
        read(b"<p>x" * (1 << 19), None)  # more than half of the memory, and it succeeds
        with pytest.raises(RuntimeError, match="ValueError: a surprise"):
            read(b"<!--failed-->", None)

    def test_a_child_that_died_between_pages_is_no_page_s_fault(self, read):
        os.kill(pid_of(read), signal.SIGKILL)
        assert "one page" in read(PAGE, None).text

    def test_a_child_that_cannot_start_is_an_error_and_no_reject(self):
        read = guarded(unimportable_reader, OPTIONS, LIMITS, is_careful=True)
        with pytest.raises(ChildProcessError, match="does not start"):
            read(PAGE, None)


class TestLife:
    def test_no_zombie_is_left(self, read):
        pids = [pid_of(read)]
        refusal(read, b"<!--killed-->")
        read = guarded(deadly_reader, OPTIONS, replace(LIMITS, max_seconds=1.0), is_careful=True)
        pids.append(pid_of(read))
        refusal(read, b"<!--slow-->")
        sandbox._CHILDREN.stop()
        assert not any(Path(f"/proc/{pid}").exists() for pid in pids)

    def test_a_forked_process_has_a_child_of_its_own_and_leaves_this_one_alone(self, read):
        mine = pid_of(read)
        source, target = os.pipe()
        forked = os.fork()
        if forked == 0:
            status = 1
            try:
                os.write(target, str(pid_of(read)).encode())
                status = 0
            finally:
                os._exit(status)
        os.waitpid(forked, 0)
        other = int(os.read(source, 20))
        assert other != mine
        assert pid_of(read) == mine
        assert ends(other)

    @pytest.mark.parametrize("page", ["<!--pid-->", "<!--slow-->"], ids=["idle", "reading"])
    def test_the_child_dies_with_a_parent_that_is_killed(self, page):
        code = (
            "import sys, threading, time; from jobs.common import sandbox; from jobs.common.child import Limits;"
            "from tests.jobs.deadly import deadly_reader as made;"
            "read = sandbox.guarded(made, {'engine': 'wet'}, Limits(60, 1 << 30), is_careful=True);"
            "print(read(b'<!--pid-->', None).text, flush=True); read(sys.argv[1].encode(), None); time.sleep(60)"
        )
        parent = subprocess.Popen([sys.executable, "-c", code, page], stdout=subprocess.PIPE, cwd=ROOT)
        child = int(parent.stdout.readline())
        assert is_running(child)
        parent.kill()
        parent.wait()
        parent.stdout.close()
        assert ends(child)

    def test_it_works_from_a_zip(self, tmp_path):
        archive = tmp_path / "sluice.zip"
        with zipfile.ZipFile(archive, "w") as out:
            for room in ("jobs", "transforms", "schemas"):
                for path in (ROOT / room).rglob("*.py"):
                    out.write(path, path.relative_to(ROOT))
        code = (
            f"import sys; sys.path.insert(0, {str(archive)!r}); from jobs.common import sandbox;"
            "from jobs.common.child import Limits; from transforms.extract import page_reader;"
            "read = sandbox.guarded(page_reader, {'engine': 'wet'}, Limits(20, 1 << 30), is_careful=True);"
            "print(sandbox.__file__, read(b'<p>from a zip', None).text)"
        )
        env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        told = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True)
        assert told.stdout.startswith(str(archive)), told.stderr
        assert told.stdout.strip().endswith("from a zip"), told.stderr
