"""Lines that a host repeats, then runs of words that a unit repeats: each step reads what the last one left."""

from collections import Counter

import pytest

from jobs import curate, dedup, measure
from jobs.common.context import open_context
from jobs.common.earlier import population_of
from schemas.errors import RecipeError
from schemas.tables import CRAWL_FILES, CURATED, DECISIONS, DOCUMENTS, EDITS, MEASURES
from tests.jobs.texts import document_rows, file_row
from transforms.lineage import dedup_id

pytestmark = pytest.mark.spark

RECIPE = """
name = "r"
crawl = "c"
[[steps]]
name = "first"
kind = "measure"
families = []
[[steps]]
name = "lines"
kind = "dedup_text"
[steps.lines]
max_documents = 3
min_chars = 4
[[steps]]
name = "middle"
kind = "measure"
families = []
[[steps]]
name = "runs"
kind = "dedup_text"
[steps.substrings]
min_tokens = 6
{more}
[[steps]]
name = "last"
kind = "measure"
families = []
"""
MENU, SHORT = "Home | About | Contact", "Ok"
PHRASE = "the quick brown fox jumps over the lazy dog"


def texts():
    """Doc_id → (unit, host, text): pages with a menu, one page that is only menu, a phrase here and there."""
    told = {}
    for host in ("a.example", "b.example"):
        for page in range(5):
            body = f"Page {page} of {host} says something of its own, number {page * 7}."
            lines = [MENU, SHORT, body] if host == "a.example" or page < 3 else [SHORT, body]
            if page in (1, 2, 4):
                lines.append(f"And {PHRASE} at {page}.")
            told[f"{host[0]}{page}"] = (page % 2, host, "\n".join(lines))
    told["a9"] = (0, "a.example", f"  {MENU}\t")
    told["nohost"] = (0, "", f"{MENU}\nalone")
    return told


def without_menus():
    """What the first step leaves: a line goes from a host where more than three documents have it."""
    counts = Counter()
    for _, host, text in texts().values():
        counts.update({(host, line.strip()) for line in text.split("\n") if host and len(line.strip()) >= 4})
    return {
        name: "\n".join(line for line in text.split("\n") if counts[host, line.strip()] <= 3)
        for name, (_, host, text) in texts().items()
    }


def opened_in(folder, more=""):
    (folder / "r.toml").write_text(RECIPE.format(more=more))
    return open_context(str(folder / "r.toml"), str(folder / "wh"))


def put(context):
    spark, warehouse = context.warehouse.spark, context.warehouse
    for unit in (0, 1):
        place = {"crawl": "c", "unit": unit, "attempt": 0}
        mine = {name: told for name, told in texts().items() if told[0] == unit}
        rows = document_rows([(name, f"https://{name}", text) for name, (_, _, text) in mine.items()], place)
        hosted = [row | {"host": mine[row["doc_id"]][1]} for row in rows]
        warehouse.append(spark.createDataFrame(hosted, DOCUMENTS.schema), DOCUMENTS)
        warehouse.append(spark.createDataFrame([file_row(place, len(rows))], CRAWL_FILES.schema), CRAWL_FILES)


def by_id(frame):
    return {row["doc_id"]: row for row in frame.collect()}


@pytest.fixture(scope="module")
def scene(spark, tmp_path_factory):
    context = opened_in(tmp_path_factory.mktemp("parts"))
    put(context)
    measure.run(context)
    for step in context.recipe.text_dedup_steps():
        dedup.run(context, step)
        measure.run(context)
    return context, curate.run(context)


def rows_of(context, table, step):
    step_id = dedup_id(context.recipe, context.recipe.steps[step], population_of(context))
    return by_id(context.live(table).where(f"step_id = '{step_id}'"))


def test_lines_of_a_host_go_from_all_its_documents(scene):
    context, _ = scene
    left = without_menus()
    edits = rows_of(context, EDITS, 1)
    assert {name: row["text"] for name, row in edits.items()} == {
        name: text for name, text in left.items() if text != texts()[name][2]
    }
    assert len(edits) == 6
    parts = {name: tuple(row["parts"]) for name, row in rows_of(context, MEASURES, 1).items()}
    assert parts["a9"] == (1, 1, None, None, True)
    assert parts["a0"] == (2, 1, None, None, False)
    assert set(parts) == set(edits)


def test_runs_of_words_go_from_all_but_the_first_document_of_their_unit(scene):
    pytest.importorskip("pydivsufsort", reason="the extra `substrings` is not installed")
    context, _ = scene
    before = without_menus()
    edits = {name: row["text"] for name, row in rows_of(context, EDITS, 3).items()}
    assert {name for name in edits if PHRASE in before[name] and PHRASE not in edits[name]} == {"a4", "b1", "b2", "b4"}
    assert {name for name in before if PHRASE in before[name]} == {"a1", "a2", "a4", "b1", "b2", "b4"}


def test_the_snapshot_holds_what_both_left(scene):
    context, name = scene
    edits = {doc_id: row["text"] for doc_id, row in rows_of(context, EDITS, 3).items()}
    final = without_menus() | edits
    decided = by_id(context.live(DECISIONS))
    assert {doc_id for doc_id, row in decided.items() if row["reasons"]} == {"a9"}
    assert decided["a9"]["reasons"] == ["lines:nothing_left"]
    curated = by_id(context.warehouse.read(CURATED, context.warehouse.curated_path(name)))
    assert {doc_id: row["text"] for doc_id, row in curated.items()} == {k: v for k, v in final.items() if k != "a9"}


def test_a_unit_that_takes_too_much_memory_is_told(scene, tmp_path):
    pytest.importorskip("pydivsufsort", reason="the extra `substrings` is not installed")
    context = scene[0]
    (tmp_path / "r.toml").write_text(RECIPE.format(more="max_unit_bytes = 100\nkeep_first = false"))
    small = open_context(str(tmp_path / "r.toml"), context.warehouse.root)
    with pytest.raises(RecipeError, match=r"^substrings: a unit of \d+ documents with \d+ words takes [\d,]+ bytes"):
        dedup.run(small, small.recipe.text_dedup_steps()[1])
