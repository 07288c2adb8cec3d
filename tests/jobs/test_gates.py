"""Gates: Great Expectations judges one row of numbers, and its pages show neither tags nor this machine."""

import re
import tempfile
from pathlib import Path

import pytest

from jobs.common import files
from jobs.common.data_docs import PAGE, plain
from jobs.common.gate_results import told_failures
from jobs.common.gates import evaluate
from schemas.expectations import Gate

HOSTILE = "<script>alert(1)</script>"
ASKED = (
    Gate("n_law", "it stands", 0, 0),
    Gate("ratio", "a share", max_allowed=0.5),
    Gate("n_kept", "documents", 5, 10),
    Gate("drift", "against the parent", None, 0.1, "there is no parent snapshot"),
    Gate(f"x.{HOSTILE}", f"why {HOSTILE}", max_allowed=1),
)
GOOD = {"n_law": 0, "ratio": 0.5, "n_kept": 5, "drift": 7, f"x.{HOSTILE}": 1.0}


def held(metrics):
    return {row["gate"]: row["is_held"] for row in evaluate(metrics, ASKED, "s")}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Data Docs of a verdict in which one gate fails; gives their folder, and the rows."""
    folder = tmp_path_factory.mktemp("docs")
    rows = evaluate({**GOOD, "n_kept": 11}, ASKED, "tiny-0123", str(folder))
    plain(str(folder))
    return folder, rows


def pages(folder):
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in Path(folder).rglob("*.html")}


@pytest.mark.parametrize(
    ("changed", "failed"),
    [
        ({}, []),
        ({"n_law": 1}, ["n_law"]),
        ({"ratio": 0.5001, "n_kept": 4}, ["ratio", "n_kept"]),
        ({"n_kept": 11}, ["n_kept"]),
        ({"ratio": float("nan")}, ["ratio"]),
        ({"ratio": None}, ["ratio"]),
    ],
)
def test_a_gate_holds_within_its_limits_and_not_without_a_number(changed, failed):
    metrics = {name: value for name, value in {**GOOD, **changed}.items() if value is not None}
    assert [name for name, is_held in held(metrics).items() if not is_held] == failed


def test_a_gate_that_cannot_be_asked_holds_and_says_why(built):
    [row] = [row for row in built[1] if row["gate"] == "drift"]
    assert (row["is_held"], row["observed"]) == (True, None)
    assert row["why"] == "against the parent; not asked: there is no parent snapshot"


def test_rows_come_in_the_order_of_the_gates_whether_docs_are_built_or_not(built):
    rows = built[1]
    assert [row["gate"] for row in rows] == [gate.metric for gate in ASKED]
    assert rows == evaluate({**GOOD, "n_kept": 11}, ASKED, "tiny-0123")
    assert {row["snapshot_id"] for row in rows} == {"tiny-0123"}


def test_failures_are_one_line_with_observed_and_allowed():
    rows = evaluate({**GOOD, "n_kept": 12345.0, "n_law": 3, "ratio": float("nan")}, ASKED, "s")
    assert told_failures(rows) == (
        "n_law = 3, allowed: 0 (it stands); ratio = unknown, allowed: 0.5 or less (a share); "
        "n_kept = 1.234e+04, allowed: 5 or more, 10 or less (documents)"
    )


def test_data_docs_show_every_gate_that_was_asked(built):
    told = pages(built[0])
    [verdict] = [page for name, page in told.items() if name.startswith("validations/")]
    assert {name.partition("/")[0] for name in told} == {"index.html", "verdict.html", "expectations", "validations"}
    assert all(name in verdict for name in ("n_law", "ratio", "n_kept", "tiny-0123"))
    assert "Failed" in verdict
    assert "it stands" in told["expectations/gates.html"]


def test_the_verdict_is_found_at_once_and_links_to_the_other_pages(built):
    page = (built[0] / PAGE).read_text(encoding="utf-8")
    linked = set(re.findall(r'href="([^"#:]+)"', page))
    assert {"index.html", "expectations/gates.html"} <= linked
    assert [address for address in linked if not (built[0] / address).exists()] == []
    assert re.search(r">\s*11\s*<", page), "the number that was observed"


def test_data_docs_escape_what_they_are_given(built):
    for page in pages(built[0]).values():
        assert HOSTILE not in page
    assert any("&lt;script&gt;alert(1)" in page for page in pages(built[0]).values())


def test_data_docs_hold_no_path_of_this_machine(built):
    for path in built[0].rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        for place in (tempfile.gettempdir(), str(Path.cwd())):
            assert place.encode() not in data, path


def test_data_docs_are_small_and_do_not_call_their_maker(built):
    assert sum(path.stat().st_size for path in built[0].rglob("*")) < 500_000
    for page in pages(built[0]).values():
        assert "great-expectations-web-assets" not in page


def test_a_folder_is_put_whole_in_place_of_what_was_there(built, tmp_path):
    target = tmp_path / "snapshot" / "data_docs"
    for content in ("one", "two"):
        folder = tmp_path / content
        (folder / "in").mkdir(parents=True)
        (folder / "in" / content).write_text(content)
        files.put_folder(str(folder), str(target))
    assert [str(path.relative_to(target)) for path in target.rglob("*")] == ["in", "in/two"]
    assert not (tmp_path / "snapshot" / "data_docs.part").exists()


def test_a_folder_is_put_into_a_store(tmp_path):
    import fsspec

    for content in ("one", "two"):
        (tmp_path / content / "in").mkdir(parents=True)
        (tmp_path / content / "in" / content).write_text(content)
        files.put_folder(str(tmp_path / content), "memory://bucket/data_docs")
    assert fsspec.filesystem("memory").find("/bucket") == ["/bucket/data_docs/in/two"]
