"""The report: complete in itself, safe whatever the pages hold, and readable in a browser without network."""

import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jobs.common.report import length_classes, render
from jobs.common.snapshots import published_id
from tests.jobs.accessible import faults

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
OFFLINE = (
    (
        "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
        "--disable-component-update --disable-sync --host-resolver-rules=MAP*~NOTFOUND --virtual-time-budget=3000"
    )
    .replace("MAP*~NOTFOUND", "MAP * ~NOTFOUND")
    .split(" --")
)


@pytest.fixture(scope="module")
def report(published):
    name = published_id(published.warehouse, "tiny")
    return f"{published.warehouse.snapshot_path(name)}/report.html"


def browse(report, tmp_path, *flags):
    """Open the report in headless Chromium that can resolve no host name."""
    flags = [OFFLINE[0], *("--" + flag for flag in OFFLINE[1:]), f"--user-data-dir={tmp_path}/profile", *flags]
    return subprocess.run([CHROMIUM, *flags, f"file://{report}"], capture_output=True, timeout=120, check=False).stdout


@pytest.mark.spark
def test_the_report_shows_where_every_document_went(report, published):
    html = open(report, encoding="utf-8").read()
    for section in ("funnel", "languages", "hosts", "lengths", "ingest", "samples", "gates", "lineage"):
        assert f'<section id="{section}"' in html
    for reason in ("source:http_status", "dedup:exact", "gopher:too_few_words", "bad_gzip", "duplicate_record_id"):
        assert reason in html
    assert "Welcome" in html or html.count('<div class="sample">') >= 20


@pytest.mark.spark
def test_the_report_can_be_read_by_everybody(report):
    html = open(report, encoding="utf-8").read()
    assert faults(html) == []


def test_the_check_sees_what_is_wrong():
    html = render(least_told())
    assert faults(html) == []
    dark = "--soft:#9aa8b6"
    assert dark in html
    broken = html.replace(dark, "--soft:#445566").replace('<html lang="en">', "<html>").replace(' role="img"', "", 1)
    broken = broken.replace('id="h-gates"', 'id="h-time"').replace(' scope="col"', "", 1).replace("<h2", "<h4", 1)
    told = "\n".join(faults(broken))
    seen = ("soft on card", "no language", "no name (1.1.1)", "h-time stands twice", "called h-gates", "heads (1.3.1)")
    for one in (*seen, "level 4 comes after"):
        assert one in told


@pytest.mark.spark
def test_data_docs_lie_beside_the_report_which_links_to_them(report):
    html = open(report, encoding="utf-8").read()
    [address] = re.findall(r'<a href="([^"]+)">Great Expectations', html)
    assert "n_repeated_across_units" in (Path(report).parent / address).read_text(encoding="utf-8")


def test_a_gate_that_was_not_asked_is_shown_as_such():
    gate = {"gate": "funnel_drift", "why": "w; not asked: there is no parent snapshot", "observed": None}
    gate |= {"min_allowed": None, "max_allowed": 0.1, "is_held": True}
    told = [re.findall(r'<span class="mark[^>]*>([^<]+)', gates_html([gate | more])) for more in
            ({}, {"observed": 0.05}, {"is_held": False}, {"observed": 0.5, "is_held": False})]  # fmt: skip
    assert told == [["not asked"], ["holds"], ["fails"], ["fails"]]


def gates_html(results):
    html = render(least_told() | {"gates": results})
    return html[html.index('<section id="gates"') : html.index('<section id="lineage"')]


@pytest.mark.spark
def test_the_report_asks_nothing_of_the_network(report):
    html = open(report, encoding="utf-8").read()
    assert not re.search(r"""(src|href)\s*=|@import|url\(|<script|<link|<iframe""", html.split("<body>")[0])
    assert not re.search(r"<(script|link|iframe|img|object|embed)\b", html)
    assert "default-src 'none'" in html


def test_page_content_is_escaped():
    hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    told = least_told()
    told["samples"][0]["pages"][0] |= {"excerpt": hostile, "url": f"http://x.example/{hostile}"}
    html = render(told)
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html


def deduped_html(deduped):
    """Fill the template with what dedup steps tell, and nothing else; gives the page's body."""
    return render(least_told() | {"deduped": deduped}).split("<body>")[1]


def least_told():
    """The smallest data that the template needs, with one dropped page."""
    snapshot = {
        "snapshot_id": "s", "crawl": "c", "code_version": "0", "status": "refused", "is_published": False,
        "n_kept": 0, "n_documents": 1, "n_kept_words": 0, "digest": "d", "recipe_fingerprint": "f",
        "population_id": "p", "parent_id": None, "supersedes": None,
        "n_kept_tokens": None, "tokenizer": None, "models": {}, "input_versions": {}, "recipe": "r",
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
    }  # fmt: skip
    counts = ("n_files", "n_units", "size_bytes", "read_bytes", "skipped_bytes", "n_records", "n_documents")
    ingest = dict.fromkeys([*counts, "n_rejected_records", "n_skipped_records"], 0)
    values = [{"step": "s", "measure": "words.n_words", "value": 1}]
    rules = [{"reason": "a:b", "allowed": "50 or more", "values": values}]
    page = {"url": "u", "language": None, "n_words": 1, "doc_id": "d", "excerpt": "t", "rules": rules}
    lists = ("funnel", "quiet", "gates", "languages", "hosts", "lengths", "scored", "deduped", "history", "stages")
    ingest |= {"rejects": [], "statuses": [], "types": [], "damaged": []}
    return {name: [] for name in lists} | {
        "snapshot": snapshot,
        "ingest": ingest,
        "samples": [{"reason": "a:b", "pages": [page]}],
        "personal": None,
        "has_data_docs": False,
    }


def test_classes_of_lengths_have_no_holes():
    classes = length_classes([{"label": 2, "n_documents": 4, "n_kept": 1}, {"label": 4, "n_documents": 2, "n_kept": 2}])
    told = [(row["fewest"], row["n_documents"], row["n_kept"]) for row in classes]
    assert told == [("3", 4, 1), ("7", 0, 0), ("15", 2, 2)]
    assert length_classes([]) == []


@pytest.mark.spark
@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; `make browser` installs it")
def test_the_report_opens_in_a_browser_without_network(report, tmp_path):
    page = browse(report, tmp_path, "--dump-dom").decode("utf-8")
    for heading in ("Where everything went", "Languages", "Top hosts", "Length of documents", "Pages, kept and"):
        assert heading in page
    assert page.count("<svg") >= 6
    browse(report, tmp_path, "--window-size=1100,2400", f"--screenshot={tmp_path}/report.png")
    picture = (tmp_path / "report.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 50_000, "a picture of a page, not of an error"
