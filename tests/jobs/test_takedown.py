"""Pages are taken down: out of every file under the warehouse, and they stay out."""

import gzip
import json
import re
from dataclasses import replace
from pathlib import Path
from random import Random

import pyarrow.parquet as pq
import pytest
from pyspark.sql import functions as F
from pyspark.sql.types import StructField, StructType
from typer.testing import CliRunner

from jobs import explain, ingest, nightly, takedown, verify
from jobs.cli import app
from jobs.common.context import Inputs, open_context
from jobs.common.earlier import population_of
from jobs.common.ledger import check_ledger, count_rows
from jobs.common.snapshots import FREED, decided, row_of, rows
from jobs.common.tables import Warehouse
from jobs.common.takedown_key import VARIABLE
from jobs.common.taking_down import Asked
from schemas.asides import IMAGES, REVISITS
from schemas.errors import RecipeError
from schemas.registry import ALL
from schemas.tables import CRAWL_FILES, DECISIONS, DOCUMENTS, REJECTS
from schemas.takedowns import TAKEDOWNS
from tests.conftest import edited
from tests.sample.texts import article
from transforms.fields import id_of
from transforms.taken_rows import REASON
from transforms.text.taken_things import thing_of

pytestmark = pytest.mark.spark

HOST, WORD = "canary-site.example", "zqcanaryzq"
KEY = b"0123456789abcdef" * 2
CANARIES = [one.encode() for one in (HOST, WORD, HOST.encode().hex(), WORD.encode().hex())]
OTHER = "http://plain.example"
DATES = ("2024-01-01T00:00:00Z", "2024-05-06T07:08:09Z")


def record(number, kind, url, body=b"", *, date=DATES[1], media="application/http; msgtype=response", **fields):
    told = {f"WARC-{name.replace('_', '-')}": value for name, value in fields.items()}
    head = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{number}>",
        "WARC-Target-URI": url,
        "WARC-Date": date,
        **told,
        "Content-Type": media,
        "Content-Length": str(len(body)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"WARC/1.1\r\n{lines}\r\n".encode() + body + b"\r\n\r\n"


def page(number, url, paragraphs, **fields):
    html = "".join(f"<p>{one}</p>" for one in paragraphs)
    body = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body><main>{html}</main></body></html>"
    return record(number, "response", url, body.encode(), **fields)


def picture(number, url, told=""):
    head = f"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nX-At: {told}\r\n\r\n"
    return record(number, "response", url, head.encode() + b"\x89PNG")


def wat(number, url, *images):
    links = [{"path": "IMG@/src", "url": one} for one in images]
    told = {"Envelope": {"Payload-Metadata": {"HTTP-Response-Metadata": {"HTML-Metadata": {"Links": links}}}}}
    return record(number, "metadata", url, json.dumps(told).encode(), media="application/json")


def make_crawl(folder):
    """Pages of the canary's host of every fate, beside others; one of these repeats a canary's text."""
    texts = [list(article(Random(n), "en").paragraphs) for n in range(6)]
    secret = [*texts[0], f"The word {WORD} stands here and nowhere else in the whole of this made up crawl."]
    repeated = texts[5]
    at = f"http://www.{HOST}"
    packed = {
        "a.warc.gz": [
            page(1, f"{at}/{WORD}/kept", secret),
            page(8, f"{at}/{WORD}/older", repeated, date=DATES[0], Payload_Digest="sha1:SECRET"),
            page(2, f"{OTHER}/1", texts[1]),
            page(3, f"https://{HOST}/short", [f"{WORD} alone."]),
            picture(4, f"{at}/{WORD}.png"),
            picture(5, f"{OTHER}/x.png", f"www.{HOST}"),
            record(6, "revisit", f"{at}/again", Payload_Digest="sha1:SECRET"),
            record(7, "revisit", f"{OTHER}/again", Payload_Digest="sha1:SECRET"),
        ],
        "b.warc.gz": [
            page(11, f"{OTHER}/copy", repeated),
            page(12, f"{OTHER}/2", texts[2]),
            page(13, f"{OTHER}/3", texts[3]),
            page(14, f"{OTHER}/short", ["Too short."]),
            page(1, f"{at}/{WORD}/same-record", texts[0]),
        ],
        "c.warc.wat.gz": [
            wat(21, f"{at}/{WORD}/kept", "cat.jpg", "dog.jpg"),
            wat(22, f"{OTHER}/1", "own.jpg", f"{at}/{WORD}.jpg"),
        ],
    }
    folder.mkdir(parents=True)
    for name, records in packed.items():
        (folder / name).write_bytes(b"".join(gzip.compress(one, mtime=0) for one in records))
    torn = f"GET http://{HOST}/{WORD} lies here\r\n\r\n".encode()
    (folder / "d.warc").write_bytes(page(31, f"{OTHER}/4", texts[4]) + torn + page(32, f"{OTHER}/5", texts[4][:2]))
    return folder


def is_known(data):
    return any(one in data.lower() for one in CANARIES)


def found(root):
    """Give the files below a folder in which a canary stands, by every way in which it can be written there."""
    told = {
        path
        for path in Path(root).rglob("*")
        if path.is_file() and (is_known(path.read_bytes()) or is_known(str(path).encode()))
    }
    for path in Path(root).rglob("*.parquet"):
        rows = pq.ParquetFile(path).read().to_pylist()  # as it lies there: what is marked as deleted is read too
        if is_known(json.dumps(rows, default=str).encode()):
            told.add(path)
    return {str(path.relative_to(root)) for path in told}


@pytest.fixture(scope="module")
def crawl(tmp_path_factory):
    return make_crawl(tmp_path_factory.mktemp("canary") / "crawl")


@pytest.fixture(scope="module")
def recipe(tmp_path_factory):
    return edited(
        tmp_path_factory.mktemp("recipe"),
        ("files_per_unit = 8 ", "files_per_unit = 1 "),
        ("min_kept_documents         = 50", "min_kept_documents = 1"),
        ("max_bad_files_ratio        = 0.1 ", "max_bad_files_ratio = 1.0 "),
    )


def domain(*, is_purged=False, reason="ticket 1"):
    return Asked((thing_of("domain", HOST),), reason, KEY.hex().encode(), None, is_purged)


@pytest.fixture(scope="module")
def key_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("key") / "takedown.key"
    path.write_bytes(KEY.hex().encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(path))
        yield path


@pytest.fixture(scope="module")
def taken(spark, crawl, recipe, key_file, tmp_path_factory):
    """A warehouse before and after: (context, snapshot before, files with a canary before, proof)."""
    root = tmp_path_factory.mktemp("taken") / "warehouse"
    context = open_context(str(recipe), str(root), None, Inputs([str(crawl)]))
    nightly.run(context)
    (root / "staging" / "dead").mkdir(parents=True)
    (root / "staging" / "dead" / "left.parquet.part").write_text(WORD)
    before = next(row for row in rows(context.warehouse) if row["is_published"])
    there = found(root)
    return context, before, there, takedown.run(context.warehouse, domain(is_purged=True))


def test_a_canary_is_found_in_data_rejects_and_report_and_afterwards_nowhere(taken, crawl):
    context, before, there, _ = taken
    tables = {path.split("/")[1] for path in there if path.startswith("tables/")}
    assert {"documents", "rejects", "revisits", "images", "decisions"} <= tables
    folder = f"snapshots/{before['snapshot_id']}"
    assert f"{folder}/report.html" in there
    assert any(path.startswith(f"{folder}/curated/") for path in there)
    assert "staging/dead/left.parquet.part" in there
    assert found(context.warehouse.root) == set()
    assert found(crawl) == {"d.warc"}, "packed files hide it; the decoder reads plain ones"


def test_the_decoder_sees_what_deltas_log_and_deletion_vectors_would_keep(spark, tmp_path):
    rows_ = spark.createDataFrame([(1, f"http://{HOST}/"), (2, "http://other.example/")], "id long, url string")
    marked = rows_.write.format("delta").option("delta.enableDeletionVectors", "true")
    marked.save(str(tmp_path / "t"))
    spark.sql(f"DELETE FROM delta.`{tmp_path}/t` WHERE id = 1")
    there = found(tmp_path)
    assert any("_delta_log" in path for path in there), "min and max of the address"
    assert any(path.endswith(".parquet") for path in there)


def test_rows_that_are_only_marked_as_deleted_are_purged(spark, tmp_path):
    from jobs.common.garbage import purge

    warehouse = Warehouse(spark, str(tmp_path / "w"))
    told = {"takedown_id": "t", "kind": "url", "key_id": "k", "n_chars": None, "is_done": True}
    frame = spark.createDataFrame(
        [{**told, "keyed_hash": one, "reason": WORD if one == "a" else "x", "asked_at": None} for one in "ab"],
        StructType([StructField(one.name, one.dataType) for one in TAKEDOWNS.schema]),
    )
    path = warehouse.path(TAKEDOWNS)
    log = frame.coalesce(1).write.format("delta").option("delta.dataSkippingStatsColumns", "keyed_hash")
    log.option("delta.enableDeletionVectors", "true").save(path)
    spark.sql(f"DELETE FROM delta.`{path}` WHERE keyed_hash = 'a'")
    assert found(tmp_path)
    purge(warehouse)
    assert found(tmp_path) == set()
    assert warehouse.spark.read.format("delta").load(path).count() == 1


def test_the_snapshot_is_a_new_version_that_is_published_verified_and_says_what_it_supersedes(taken):
    context, before, _, _ = taken
    warehouse = context.warehouse
    now = next(row for row in rows(warehouse) if row["is_published"])
    assert now["supersedes"] == before["snapshot_id"]
    assert (now["n_documents"], now["n_kept"]) == (before["n_documents"] - 3, before["n_kept"] - 2)
    assert row_of(warehouse, before["snapshot_id"]) is None
    assert {row["status"] for row in rows(warehouse)} == {FREED, "published"}
    assert not Path(warehouse.snapshot_path(before["snapshot_id"])).exists()
    assert [row for row in verify.run(warehouse, "tiny") if row["is_held"] is False] == []
    manifest = json.loads(Path(warehouse.snapshot_path(now["snapshot_id"]), "MANIFEST.json").read_text())
    assert manifest["supersedes"] == before["snapshot_id"]
    assert decided(warehouse, before["snapshot_id"]).isEmpty()
    told = explain.run_in(warehouse, f"{OTHER}/copy", "tiny")
    assert told["documents"][0]["copy_of"]["survivor"] is None, "it was a copy of what is gone"


def test_the_proof_says_what_went_and_names_nobody(taken):
    context, before, _, proof = taken
    assert json.loads(Path(proof["proof"]).read_text()) == {
        key: value for key, value in proof.items() if key != "proof"
    }
    assert proof["documents"] == sorted(id_of(f"<urn:uuid:{n}>") for n in (1, 3, 8))
    tables = {name: row["n_rows"] for name, row in proof["tables"].items()}
    assert (tables["documents"], tables["rejects"], tables["revisits"], tables["images"]) == (3, 4, 1, 3)
    assert tables["measures"] == 3
    assert all(row["version_after"] > row["version_before"] for row in proof["tables"].values())
    (snapshot,) = proof["snapshots"]
    assert (snapshot["supersedes"], snapshot["is_published"]) == (before["snapshot_id"], True)
    assert snapshot["before"]["digest"] == before["digest"] != snapshot["after"]["digest"]
    remembered = context.warehouse.read(TAKEDOWNS).collect()
    assert [(row["kind"], row["is_done"], len(row["keyed_hash"])) for row in remembered] == [("domain", True, 32)]


LEDGER = [name for name in CRAWL_FILES.schema.names if name not in {"seconds", "read_at"}]


def test_what_is_left_is_what_an_ingest_gives_that_knows_of_it(taken, crawl, recipe, key_file, tmp_path):
    context = taken[0]
    fresh = open_context(str(recipe), str(tmp_path / "fresh"), None, Inputs([str(crawl)]))
    takedown.run(fresh.warehouse, domain())
    ingest.run(fresh)
    check_ledger(count_rows(context))
    for table, names in (
        (DOCUMENTS, DOCUMENTS.schema.names),
        (REJECTS, REJECTS.schema.names),
        (CRAWL_FILES, LEDGER),
        (IMAGES, IMAGES.schema.names),
    ):
        a, b = (sorted(map(repr, one.live(table).select(*names).collect())) for one in (context, fresh))
        assert _unattempted(a) == _unattempted(b), table.name
    assert population_of(context) == population_of(fresh)
    gone = fresh.live(REJECTS).where(F.col("reason") == REASON).collect()
    assert len(gone) == 5
    assert {(row["url"], row["detail"], row["first_bytes"]) for row in gone} == {(None, None, "")}
    assert fresh.live(REVISITS).where("url = ''").count() == 1


def _unattempted(told):
    # A record id that comes twice makes a unit's next attempt; of one that is taken down no page comes in.
    return [re.sub(r"attempt=\d+, ", "", one) for one in told]


@pytest.mark.slow
def test_the_next_run_leaves_it_out_and_keeps_the_copy_that_it_had_hidden(taken, recipe, crawl):
    context, before, _, _ = taken
    later = replace(context, run_id="later", population=None)
    name = nightly.run(later)
    row = row_of(context.warehouse, name)
    assert row["parent_id"] != before["snapshot_id"] != name
    kept = {one["url"] for one in decided(context.warehouse, name).where("is_kept").select("url").collect()}
    assert f"{OTHER}/copy" in kept
    assert not any(HOST in url for url in kept)


@pytest.mark.slow
def test_one_that_was_cut_short_is_finished_by_anybody_with_the_key(
    spark, crawl, recipe, key_file, tmp_path, monkeypatch
):
    from jobs.common import taking_down

    context = open_context(str(recipe), str(tmp_path / "w"), None, Inputs([str(crawl)]))
    ingest.run(context)
    monkeypatch.setattr(taking_down, "replace_snapshots", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        takedown.run(context.warehouse, domain())
    monkeypatch.undo()
    monkeypatch.setenv(VARIABLE, str(key_file))
    with pytest.raises(RecipeError, match="cut short; run `sluice takedown --finish`"):
        ingest.run(replace(context, run_id="next"))
    result = CliRunner().invoke(app, ["takedown", "--finish", "--purge", "--warehouse", context.warehouse.root])
    assert result.exit_code == 0, result.output
    assert found(context.warehouse.root) == set()
    ingest.run(replace(context, run_id="after"))


def test_an_ingest_needs_the_key_by_which_the_warehouse_remembers(taken, monkeypatch, tmp_path):
    context = taken[0]
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(RecipeError, match=f"{VARIABLE}: not set"):
        ingest.run(replace(context, run_id="no-key"))
    other = tmp_path / "other.key"
    other.write_text("x" * 40)
    monkeypatch.setenv(VARIABLE, str(other))
    with pytest.raises(RecipeError, match="by which this warehouse remembers"):
        ingest.run(replace(context, run_id="other-key"))


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ([], "nothing is named"),
        (["--domain", "co.uk", "--reason", "x"], "--domain: given 'co.uk'; allowed: a domain that somebody owns"),
        (["--url", "x", "--reason", "x"], "--url: given 'x'; allowed: an address"),
        (["--host", "a.example"], "--reason: given 0 characters"),
        (["--host", "a.example", "--reason", "mail of A.example"], "--reason: names what is taken down"),
        (["--robots", "robots.txt", "--reason", "x"], "--robots: given 'robots.txt'; allowed: SITE=URI"),
        (["--host", "a.example", "--reason", "x", "--key", "{warehouse}/k"], "in the warehouse"),
        (["--host", "a.example", "--reason", "x", "--key", "{short}"], "holds 5 bytes; allowed: 32 or more"),
        (["--list", "{short}", "--reason", "x"], "line 1: given 'a b c'"),
    ],
)
def test_a_fault_of_the_command_is_one_line(given, fault, tmp_path):
    (tmp_path / "w" / "tables").mkdir(parents=True)
    short = tmp_path / "short"
    short.write_text("a b c")
    told = [one.format(warehouse=tmp_path / "w", short=short) for one in given]
    result = CliRunner().invoke(app, ["takedown", "--warehouse", str(tmp_path / "w"), *told])
    assert isinstance(result.exception, RecipeError)
    assert fault in str(result.exception)
    assert "\n" not in str(result.exception)


def test_every_table_that_tells_of_a_page_is_known():
    told = {"doc_id", "url", "text", "page_url", "a"}
    pages = {table.name for table in ALL if told & set(table.schema.names)}
    by_id = {table.name for table in ALL if "doc_id" in table.schema.names}
    assert pages - by_id == {"rejects", "revisits", "images", "near_pairs"}, (
        "a new one must be cleaned in takedown_rows"
    )
    assert DECISIONS.name in by_id
