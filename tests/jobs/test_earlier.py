"""Crawl by crawl against what stayed before: nothing is done twice, and what one search over all would remove goes."""

import shutil
import sys
from datetime import UTC, datetime

import pytest
from pyspark.sql import functions as F

from jobs import cli, curate, dedup, measure, nightly, whatif
from jobs.common import near, values
from jobs.common.context import open_context
from jobs.common.earlier import population_of
from jobs.common.metrics import gate_metrics
from jobs.common.snapshots import row_of
from schemas.errors import RecipeError
from schemas.signatures import KEPT, SIGNATURES
from schemas.tables import DUPLICATES
from tests.jobs.increments import CRAWLS, increments, near_pairs, planted
from tests.jobs.texts import write

pytestmark = pytest.mark.spark

RECIPE = """
name = "r"
crawl = "{crawl}"
[[steps]]
name = "quality"
kind = "measure"
families = []
"""
DEDUP = """
[[steps]]
name = "{method}"
kind = "dedup"
method = "{method}"
survivor = ["oldest"]
earlier = {earlier}
"""
NEAR = """
[steps.near]
size = 3
bands = 60
rows = 2
min_similarity = 0.6
small_bucket = 100
keeps_values = {keeps}
"""
AGAIN = ("again", "http://again.example/", " ".join(f"a{n}" for n in range(60)))
AGAIN_IN_C3 = ("again", "http://other.example/", " ".join(f"b{n}" for n in range(60)))
"""One document that two crawls hold, its text extracted in another way."""


def opened(folder, crawl, methods=("exact", "url", "near"), keeps=False):
    """Open a crawl, held against those before it; ``all`` is a crawl of its own."""
    earlier = list(CRAWLS[: CRAWLS.index(crawl)] if crawl in CRAWLS else ()).__repr__().replace("'", '"')
    text = RECIPE.format(crawl=crawl) + "".join(DEDUP.format(method=method, earlier=earlier) for method in methods)
    text += NEAR.format(keeps=str(keeps).lower()) if "near" in methods else ""
    (folder / f"{crawl}.toml").write_text(text)
    return open_context(str(folder / f"{crawl}.toml"), str(folder / "warehouse"))


def deduplicate(context):
    for step in context.recipe.dedup_steps():
        dedup.run(context, step)


def found(context, method, crawl=None):
    """Give removed id → (survivor, cluster, similarity) of one step in one crawl."""
    rows = context.warehouse.read(DUPLICATES).where(F.col("method") == method)
    rows = rows.where(F.col("crawl") == (crawl or context.recipe.crawl)).collect()
    assert len({row["doc_id"] for row in rows}) == len(rows)
    return {row["doc_id"]: (row["survivor_id"], row["cluster_id"], row["similarity"]) for row in rows}


class Readings:
    """Which units' texts are read, and by whom."""

    def __init__(self, patch):
        self.signed, self.compared, self.sampled = [], [], []
        for module in (near, values):
            patch.setattr(module, "texts_of", self._watched(module.texts_of))

    def _watched(self, texts_of):
        def read(context, unit, steps, ids):
            frame = sys._getframe(1)
            by = (frame.f_back if frame.f_code.co_name == "texts" else frame).f_code.co_qualname
            told = {"_compare": self.compared, "sampled_truth": self.sampled}.get(by.split(".")[0], self.signed)
            told.append((unit["crawl"], unit["unit"]))
            return texts_of(context, unit, steps, ids)

        return read


@pytest.fixture(scope="module")
def crawls(spark, tmp_path_factory):
    """Three crawls, measured, the first two deduplicated one after the other; and all of them as one."""
    folder = tmp_path_factory.mktemp("crawls")
    texts = planted()
    for number, crawl in enumerate(CRAWLS):
        context, at = opened(folder, crawl, keeps=crawl == "c2"), datetime(2024, 1 + number, 1, tzinfo=UTC)
        strange = [one for one in texts[crawl] if "other" in one[0]]  # a unit without candidates
        write(context, [one for one in texts[crawl] if one not in strange] + [AGAIN] * (crawl == "c1"), fetched_at=at)
        write(context, strange + [AGAIN_IN_C3] * (crawl == "c3"), 1, at)
        write(opened(folder, "all"), texts[crawl], number, at)
        measure.run(context)
        if crawl != "c3":
            deduplicate(context)
    measure.run(opened(folder, "all"))
    return folder


@pytest.fixture(scope="module")
def done(crawls, tmp_path_factory):
    """The third crawl against the first two, and all as one; gives the folder and what was read for the third."""
    folder = tmp_path_factory.mktemp("done")
    shutil.copytree(crawls, folder, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        readings = Readings(patch)
        deduplicate(opened(folder, "c3"))
    deduplicate(opened(folder, "all"))
    return folder, readings


@pytest.fixture
def before(crawls, tmp_path):
    """A copy of the crawls, the third not deduplicated yet."""
    shutil.copytree(crawls, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.mark.matrix
@pytest.mark.parametrize("method", ["exact", "url"])
def test_crawl_by_crawl_removes_what_one_search_removes_where_the_oldest_survives(done, method):
    context = opened(done[0], "all")
    told = [found(context, method, crawl) for crawl in CRAWLS]
    assert told[0] | told[1] | told[2] == found(context, method)
    assert {"c2", "c3"} <= {name[:2] for name in told[1] | told[2]}
    if method == "exact":
        assert {name: survivor for name, (survivor, _, _) in told[2].items()} == {
            "c3-same": "c1-same", "c3-same-again": "c1-same", "c3-late": "c2-late",
        }  # fmt: skip


@pytest.mark.matrix
def test_crawl_by_crawl_removes_near_copies_as_one_search_but_for_the_bridges(done):
    context = opened(done[0], "all")
    texts = {name: text for crawl in planted().values() for name, _, text in crawl}
    for method in ("exact", "url"):
        texts = {name: text for name, text in texts.items() if name not in found(context, method)}
    pairs = near_pairs(texts)
    wanted, bridged, others = increments([[n for n in texts if n.startswith(crawl)] for crawl in CRAWLS], pairs)

    told = {crawl: found(context, "near", crawl) for crawl in CRAWLS}
    assert told["c3"].pop("again") == ("again", "again", 1.0), "a document that stayed in c1 under the same id"
    removed = {name: survivor for crawl in told.values() for name, (survivor, _, _) in crawl.items()}
    assert removed == wanted
    assert all(name.startswith(crawl) for crawl, names in told.items() for name in names), "who stayed, stays"
    assert len({name for name in wanted if name[:2] != wanted[name][:2]}) > 20

    batch = set(found(context, "near"))
    assert set(wanted) < batch
    assert batch - set(wanted) == bridged | others
    assert bridged == {"c1-later-20", "c2-across-20", "c1-two-30"}, "a later document is near to two that stayed"
    assert others == {"c3-before-20"}, "near only to one that went"


def test_nothing_of_an_earlier_crawl_is_signed_or_read_again(done, crawls):
    folder, readings = done
    signed = [opened(one, "c3").warehouse.read(SIGNATURES).where("crawl <> 'all'") for one in (crawls, folder)]
    counts = [{tuple(row) for row in rows.groupBy("crawl", "step_id").count().collect()} for rows in signed]
    assert {row for row in counts[1] if row[0] != "c3"} == counts[0]
    assert {step_id for _, step_id, _ in counts[1]} == {step_id for _, step_id, _ in counts[0]}
    assert sorted(readings.signed) == [("c3", 0), ("c3", 1)]
    assert sorted(readings.compared) == [("c1", 0), ("c3", 0)], "only units with candidates, and none with kept values"
    assert sorted(readings.sampled) == [("c3", 0), ("c3", 1)], "recall is of pairs of this crawl"


@pytest.mark.slow
def test_done_again_or_in_other_partitions_the_tables_are_the_same(done, before, spark):
    context, there = opened(done[0], "c3"), opened(before, "c3")
    versions = [context.warehouse.version(table) for table in (DUPLICATES, SIGNATURES)]
    deduplicate(context)
    assert [context.warehouse.version(table) for table in (DUPLICATES, SIGNATURES)] == versions
    partitions = spark.conf.get("spark.sql.shuffle.partitions")
    spark.conf.set("spark.sql.shuffle.partitions", "5")
    try:
        deduplicate(there)
    finally:
        spark.conf.set("spark.sql.shuffle.partitions", partitions)
    rows = [one.warehouse.read(DUPLICATES).where("crawl = 'c3'").collect() for one in (context, there)]
    assert sorted(map(tuple, rows[0])) == sorted(map(tuple, rows[1]))


def test_survivors_of_earlier_crawls_satisfy_the_gates(done):
    context = opened(done[0], "c3")
    snapshot = row_of(context.warehouse, curate.run(context))
    told = gate_metrics(context, snapshot)
    assert (told["n_duplicates_without_survivor"], told["n_dropped_without_reason"]) == (0, 0)
    assert told["n_decided"] - told["n_kept_documents"] == sum(len(found(context, m)) for m in ("exact", "url", "near"))


def test_a_crawl_that_is_not_done_is_told_in_one_line_before_anything_is_written(before, monkeypatch, capsys):
    context = opened(before, "c3")
    population = population_of(context)
    write(opened(before, "c1"), [("c1-new", "http://new.example/", "a new file")], unit=2)
    assert population_of(context) != population
    measure.run(opened(before, "c1"))
    monkeypatch.setattr(
        sys, "argv", ["sluice", "dedup", "--recipe", f"{before}/c3.toml", "--warehouse", context.warehouse.root]
    )
    with pytest.raises(SystemExit) as ended:
        cli.main()
    [line] = [one for one in capsys.readouterr().err.splitlines() if one.startswith("sluice:")]
    assert ended.value.code == 2
    assert line == (
        "sluice: RecipeError: steps.exact.earlier: crawl 'c1' is not deduplicated by this recipe, or has changed since;"
        ' run `sluice dedup` (or `sluice run`) with crawl = "c1" and earlier = [] first'
    )
    with pytest.raises(RecipeError, match=r"steps\.exact\.earlier: crawl 'c1'"):
        nightly.run(context)
    with pytest.raises(RecipeError, match=r"steps\.exact: not deduplicated yet; run `sluice dedup` first"):
        curate.run(context)
    assert found(context, "exact") == {}


def test_an_earlier_crawl_must_have_been_held_against_those_before_it(before):
    context = opened(before, "c3", methods=("exact",))
    deduplicate(opened(before, "c1", methods=("exact",)))
    with pytest.raises(RecipeError, match=r"crawl 'c2' .* with crawl = \"c2\" and earlier = \[\"c1\"\] first"):
        deduplicate(context)


def test_what_other_rules_would_leave_is_held_against_what_they_would_leave_of_earlier_crawls(done):
    context = opened(done[0], "c3", methods=("exact", "url"))
    funnel, again = whatif.run(context, context.recipe)
    dropped = {row["reason"]: row["n_dropped"] for row in funnel}
    assert dropped == {f"dedup:{method}": len(found(context, method)) for method in ("exact", "url")}
    assert funnel == again


def test_values_are_kept_on_request_and_after_a_kill_only_the_missing_ones(before, monkeypatch, capsys):
    context = opened(before, "c1", keeps=True)
    step = context.recipe.dedup_steps()[-1]
    keep_unit = values._keep_unit

    def killed(context, step, unit):
        if unit["unit"] == 1:
            raise KeyboardInterrupt
        keep_unit(context, step, unit)

    with monkeypatch.context() as patch:
        patch.setattr(values, "_keep_unit", killed)
        with pytest.raises(KeyboardInterrupt):
            dedup.run(context, step)
    mine = context.warehouse.read(KEPT).where("crawl = 'c1'")
    assert {row["unit"] for row in mine.select("unit").distinct().collect()} == {0}
    capsys.readouterr()
    dedup.run(context, step)
    assert "keeps_values: writes values of 1 documents, 464 bytes" in capsys.readouterr().err
    version = context.warehouse.version(KEPT)
    dedup.run(context, step)
    assert context.warehouse.version(KEPT) == version

    signed = context.warehouse.read(SIGNATURES).where("crawl = 'c1' AND n_shingles > 0")
    sizes = signed.select("doc_id", "unit", F.col("n_shingles").cast("int").alias("n"))
    kept = context.warehouse.read(KEPT).where("crawl = 'c1'").select("doc_id", "unit", F.size("values").alias("n"))
    assert sorted(map(tuple, kept.collect())) == sorted(map(tuple, sizes.collect()))
