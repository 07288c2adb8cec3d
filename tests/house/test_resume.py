"""Slow tests go on where they were broken off, but never over another code."""

import pytest

from tests.resume import SOURCES, Resume, fingerprint

TESTS = """
import pytest

def test_one():
    pass

@pytest.mark.parametrize("n", [1, 2])
def test_two(n):
    assert n == 1
"""


@pytest.fixture
def house(tmp_path):
    """A small repository."""
    for folder in SOURCES:
        (tmp_path / folder).mkdir()
    (tmp_path / "jobs" / "a.py").write_text("A = 1\n")
    (tmp_path / "tests" / "test_it.py").write_text(TESTS)
    return tmp_path


def run(house, seen):
    class Seen:
        def pytest_runtest_logreport(self, report):
            if report.when == "call":
                seen.append((report.nodeid.rpartition("::")[2], report.outcome))

    told = ["-q", "-p", "no:cacheprovider", "--noconftest", "--rootdir", str(house), "-c", "/dev/null"]
    pytest.main([*told, str(house / "tests")], plugins=[Resume(house), Seen()])
    return seen


def test_what_passed_is_left_out_until_the_code_changes(house, capsys):
    assert run(house, []) == [("test_one", "passed"), ("test_two[1]", "passed"), ("test_two[2]", "failed")]
    assert run(house, []) == [("test_two[2]", "failed")]
    (house / "jobs" / "a.py").write_text("A = 2\n")
    assert len(run(house, [])) == 3


def test_what_tests_write_into_the_repository_is_no_change(house):
    before = fingerprint(house)
    (house / "tests" / "survived.txt").write_text("seed:1\n")
    (house / "tests" / "__pycache__").mkdir()
    (house / "tests" / "__pycache__" / "x.pyc").write_text("x")
    assert fingerprint(house) == before
    (house / "conf" / "new.toml").write_text("")
    assert fingerprint(house) != before
