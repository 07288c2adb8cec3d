"""Running again: the same input adds nothing, more input adds only that, and the result never depends on how."""

import shutil

import pytest
from pyspark.sql import functions as F

from jobs import curate, ingest, nightly, publish
from jobs.common.snapshots import decided, row_of, rows
from schemas.errors import QualityGateError, RecipeError, SourceUnavailableError
from schemas.registry import FUNNEL, GATE_RESULTS
from schemas.tables import CRAWL_FILES, DECISIONS, DOCUMENTS, DUPLICATES, MEASURES, REJECTS
from tests.conftest import RECIPE, edited

pytestmark = pytest.mark.spark
DRIFT = """
max_funnel_drift = 0.001
max_kept_ratio_drift = 0.5
min_language_ratios = { en = 0.1 }
data_docs = false
"""
TABLES = (CRAWL_FILES, DOCUMENTS, REJECTS, MEASURES, DUPLICATES, DECISIONS)


@pytest.fixture(scope="module")
def few(sample, tmp_path_factory):
    """Twelve files of the sample crawl: enough for two units, a damaged file and a few duplicates."""
    folder = tmp_path_factory.mktemp("few")
    for path in [*sorted((sample / "warc").iterdir())[15:26], *(sample / "wet").iterdir()]:
        shutil.copy(path, folder)
    return folder


@pytest.fixture(scope="module")
def few_digest(spark, few, tmp_path_factory):
    """The digest of the few files, run in one go."""
    from jobs.common.context import Inputs, open_context

    context = open_context(str(RECIPE), str(tmp_path_factory.mktemp("once")), None, Inputs([str(few)]))
    return row_of(context.warehouse, nightly.run(context))["digest"]


def loose(tmp_path, *changes):
    return edited(tmp_path, ("min_kept_documents         = 50", "min_kept_documents = 1"), *changes)


def test_the_same_input_adds_nothing(published):
    before = {table.name: published.warehouse.version(table) for table in TABLES}
    snapshots = [{**row, "input_versions": None} for row in rows(published.warehouse)]
    nightly.run(published)
    assert {table.name: published.warehouse.version(table) for table in TABLES} == before
    assert [{**row, "input_versions": None} for row in rows(published.warehouse)] == snapshots


def test_other_units_in_two_goes_give_the_same_digest(open_at, few, few_digest, tmp_path):
    recipe = loose(tmp_path, ("files_per_unit = 8 ", "files_per_unit = 5 "))
    files = sorted(few.iterdir())
    ingest.run(open_at(files[6:], recipe))
    first = open_at().crawl_files().count()
    context = open_at([*files, few], recipe)
    name = nightly.run(context)
    assert first == len(files) - 6
    assert context.crawl_files().count() == len(files)
    assert row_of(context.warehouse, name)["digest"] == few_digest


def test_a_changed_file_replaces_its_unit(open_at, few, tmp_path):
    folder = tmp_path / "crawl"
    shutil.copytree(few, folder)
    files = sorted(folder.iterdir())
    ingest.run(open_at([folder]))
    was = {row["uri"]: row for row in open_at().crawl_files().collect()}
    shutil.copy(files[1], files[0])  # now a copy of its neighbour
    ingest.run(open_at([folder]))
    now = {row["uri"]: row for row in open_at().crawl_files().collect()}
    gone, warehouse = str(files[0]), open_at().warehouse
    assert (was[gone]["status"], now[gone]["status"]) == ("ok", "copy")
    assert now[gone]["attempt"] > was[gone]["attempt"]
    assert warehouse.live(DOCUMENTS).where(f"source_file = '{gone}'").isEmpty()
    live = {(row["unit"], row["attempt"]) for row in now.values()}
    kept = warehouse.read(DOCUMENTS).select("unit", "attempt").distinct().collect()
    assert {(row["unit"], row["attempt"]) for row in kept} <= live, "no rows of old attempts are left"


def test_an_input_out_of_reach_ends_with_75_after_the_others_were_committed(open_at, few, tmp_path):
    files = sorted(few.iterdir())[:2]
    manifest = tmp_path / "some.paths"
    manifest.write_text("\n".join([*map(str, files), str(tmp_path / "gone.warc.gz")]))
    with pytest.raises(SourceUnavailableError, match=r"1 inputs could not be reached: .*gone\.warc\.gz") as error:
        nightly.run(open_at([manifest]))
    assert error.value.exit_code == 75
    assert open_at().crawl_files().count() == 2
    assert rows(open_at().warehouse) == [], "nothing is published"


def test_a_failed_gate_leaves_the_old_pointer(published, open_at, tmp_path):
    warehouse = tmp_path / "copy"
    shutil.copytree(published.warehouse.root, warehouse)
    changes = (
        ("min_words                = 50", "min_words = 200"),
        ("min_kept_documents         = 50", f"min_kept_documents = 5_000\n{DRIFT}"),
    )
    with pytest.raises(QualityGateError) as told:
        nightly.run(open_at(published.inputs, edited(tmp_path, *changes), warehouse))
    context = open_at(published.inputs, warehouse=warehouse)
    old, new = rows(context.warehouse)
    assert [(row["status"], row["is_published"]) for row in (old, new)] == [("published", True), ("refused", False)]

    funnels = [
        {row["reason"]: row["n_dropped"] / one["n_documents"] for row in funnel_of(context, one)} for one in (old, new)
    ]
    changed = {reason: abs(funnels[0][reason] - share) for reason, share in funnels[1].items()}
    rule = max(sorted(changed), key=changed.get)
    kept = decided(context.warehouse, new["snapshot_id"]).where("is_kept").select("language").collect()
    results = {row["gate"]: row for row in results_of(context, new)}
    assert results["funnel_drift"]["observed"] == pytest.approx(changed[rule]) != 0
    assert results["kept_ratio_drift"]["observed"] == pytest.approx((old["n_kept"] - new["n_kept"]) / 492) != 0
    assert results["language_ratio.en"]["observed"] == sum(row["language"] == "en" for row in kept) / len(kept)
    assert {name for name, row in results.items() if not row["is_held"]} == {"n_kept_documents", "funnel_drift"}
    assert str(told.value) == (
        f"snapshot {new['snapshot_id']} was not published: n_kept_documents = {new['n_kept']}, allowed: 5000 or more "
        f"(documents of the snapshot); funnel_drift = {changed[rule]:.4g}, allowed: 0.001 or less (largest change of a "
        f"rule's dropped share against the parent: {rule}); read the report"
    )
    folder = warehouse / "snapshots" / new["snapshot_id"]
    assert not (folder / "data_docs").exists()
    assert "data_docs/" not in (folder / "report.html").read_text()

    looser = loose(tmp_path, changes[0])
    judged = publish.run(open_at(published.inputs, looser, warehouse))
    assert (judged["snapshot_id"], judged["is_published"]) == (new["snapshot_id"], True)
    assert row_of(context.warehouse, new["snapshot_id"])["recipe"] == looser.read_text() != new["recipe"]


def funnel_of(context, snapshot):
    return context.warehouse.read(FUNNEL).where(F.col("snapshot_id") == snapshot["snapshot_id"]).collect()


def results_of(context, snapshot):
    return context.warehouse.read(GATE_RESULTS).where(F.col("snapshot_id") == snapshot["snapshot_id"]).collect()


def test_curating_before_measuring_says_what_to_run(open_at, few):
    context = open_at([sorted(few.iterdir())[0]])
    ingest.run(context)
    with pytest.raises(RecipeError, match="run `sluice measure` first"):
        curate.run(context)


def test_other_extraction_settings_need_another_crawl_name(open_at, few, tmp_path):
    files = sorted(few.iterdir())[:1]
    ingest.run(open_at(files))
    other = edited(tmp_path, ("main_content = true", "main_content = false"))
    with pytest.raises(RecipeError, match="ingested with other"):
        ingest.run(open_at(files, other))


def test_two_engines_live_side_by_side_under_two_crawl_names(open_at, few, tmp_path):
    files = sorted(few.iterdir())[:1]
    ingest.run(open_at(files))
    wet = edited(
        tmp_path, ('"resiliparse"  #', '"wet"  #'), ("[extract.resiliparse]", "# "), ("main_content = true", "")
    )
    wet.write_text(wet.read_text().replace('crawl = "sample"', 'crawl = "sample-wet"'))
    context = open_at(files, wet)
    ingest.run(context)
    texts = {}
    for row in context.warehouse.live(DOCUMENTS).select("crawl", "extractor", "doc_id", "text").collect():
        engine = row["extractor"].partition(" ")[0]
        texts.setdefault((row["crawl"], engine), {})[row["doc_id"]] = row["text"]
    assert set(texts) == {("sample", "resiliparse"), ("sample-wet", "wet")}
    main, whole = texts["sample", "resiliparse"], texts["sample-wet", "wet"]
    assert set(main) <= set(whole)
    assert all(whole[doc_id] != main[doc_id] for doc_id in main)


def test_a_warc_and_its_wet_are_not_both_read(open_at, sample, tmp_path):
    folder = tmp_path / "both"
    folder.mkdir()
    shutil.copy(sample / "warc" / "sample-00000.warc.gz", folder / "x.warc.gz")
    shutil.copy(next((sample / "wet").iterdir()), folder / "x.warc.wet.gz")
    with pytest.raises(RecipeError, match=r"ingest\.prefer: .* WARC and WET of one source"):
        open_at([folder])
    context = open_at([folder], edited(tmp_path, ("[ingest]", '[ingest]\nprefer = "wet"')))
    ingest.run(context)
    found = {row["uri"].rpartition("/")[2]: row["status"] for row in context.crawl_files().collect()}
    assert found == {"x.warc.gz": "twin", "x.warc.wet.gz": "ok"}
