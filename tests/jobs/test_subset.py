"""Reading a part of a crawl by its index, and large files in pieces: through Spark, with the ledger."""

import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs import ingest
from jobs.common.context import Inputs, open_context
from schemas.errors import RecipeError
from schemas.tables import CRAWL_FILES, DOCUMENTS, REJECTS
from tests.conftest import edited
from transforms.records import Record, read_records

pytestmark = pytest.mark.spark


def entries(path, base):
    """The index's rows of one file; all is made up but the places."""
    with path.open("rb") as stream:
        records = [one for one in read_records(stream, 1 << 24) if isinstance(one, Record) and one.kind == "response"]
    for record in records:
        host = record.headers["warc-target-uri"].split("/")[2]
        yield {
            "url_host_name": host,
            "url_host_registered_domain": ".".join(host.split(".")[-2:]),
            "url_host_tld": host.rpartition(".")[2],
            "content_languages": None,
            "content_mime_detected": "text/html",
            "warc_filename": str(path.relative_to(base)),
            "warc_record_offset": record.offset,
            "warc_record_length": record.length,
            "url": record.headers["warc-target-uri"],
        }


def test_an_index_names_the_records_and_only_they_are_read(spark, sample, tmp_path):
    rows = [row for path in sorted((sample / "warc").iterdir())[:6] for row in entries(path, sample)]
    index = tmp_path / "index"
    index.mkdir()
    table = pa.Table.from_pylist(rows)
    narrow = table.set_column(6, "warc_record_offset", table["warc_record_offset"].cast(pa.int32()))
    pq.write_table(narrow, index / "part-0.parquet")
    hosts = sorted({row["url_host_name"] for row in rows})[:3]
    recipe = edited(tmp_path, ("[extract.resiliparse]", f"[subset]\nhosts = {hosts}\n\n[extract.resiliparse]"))

    def opened(**given):
        inputs = Inputs(**({"index": str(index), "base": str(sample)} | given))
        return open_context(str(recipe), str(tmp_path / "warehouse"), None, inputs)

    context = opened()
    ingest.run(context)
    wanted = {(row["warc_record_offset"], row["url"]) for row in rows if row["url_host_name"] in hosts}
    found = context.live(DOCUMENTS).unionByName(context.live(REJECTS), allowMissingColumns=True)
    assert {(row["record_offset"], row["url"]) for row in found.collect()} == wanted
    for row in context.crawl_files().collect():
        assert row["read_bytes"] + row["skipped_bytes"] == row["size_bytes"]
        assert row["read_bytes"] < row["size_bytes"]
    before = context.warehouse.version(CRAWL_FILES)
    ingest.run(opened())
    assert context.warehouse.version(CRAWL_FILES) == before

    recipe.write_text(recipe.read_text().replace(str(hosts), "['nowhere.example']"))
    with pytest.raises(RecipeError, match="no record of"):
        ingest.run(opened())
    with pytest.raises(RecipeError, match=r"--index: .*absent"):
        ingest.run(opened(index=str(tmp_path / "absent")))
    with pytest.raises(RecipeError, match="allowed: one of them"):
        opened(named=[str(sample)])
    with pytest.raises(RecipeError, match="give one with --index"):
        opened(index=None, named=[str(sample)])


def test_a_plain_file_is_read_in_pieces_and_is_one_file_in_the_ledger(open_at, sample, tmp_path):
    files = sorted((sample / "warc").iterdir())
    data = b"".join(gzip.decompress(path.read_bytes()) for path in files[:12])
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>a\r\n" + data[:300_000] + b"</p>" + b" " * (2 << 20)
    head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/%d\r\nContent-Length: %d\r\n\r\n"
    nested = (head % (1, len(page)) + page + b"\r\n\r\n") * 2  # records that hold what looks like records
    folder = tmp_path / "crawl"
    folder.mkdir()
    (folder / "sound.warc").write_bytes(data * 3)
    (folder / "nested.warc").write_bytes(nested)
    recipe = edited(tmp_path, ("files_per_unit = 8 ", "split_bytes = 1_048_576\nfiles_per_unit = 8 "))
    context = open_at([folder], recipe)
    ingest.run(context)
    for path in folder.iterdir():
        with path.open("rb") as stream:
            records = [one for one in read_records(stream, 1 << 24) if isinstance(one, Record)]
        both = context.live(DOCUMENTS).unionByName(context.live(REJECTS), allowMissingColumns=True)
        rows = both.where(both["source_file"] == str(path)).select("record_offset").collect()
        expected = [one.offset for one in records if one.kind == "response"]
        assert sorted(row["record_offset"] for row in rows) == expected
    assert context.crawl_files().count() == 2
