"""What every engine promises: text without code, total on any page, and the same whatever came before."""

import os
import random
import subprocess
import sys
from importlib.metadata import version

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyspark import cloudpickle

from schemas.extract import Extract
from tests.conftest import ROOT
from transforms.crawl_file import CrawlFile
from transforms.extract import extractor, page_reader
from transforms.record_rows import rows_of
from transforms.records import Record

OPTIONS = {engine: Extract(engine=engine).model_dump() for engine in ("resiliparse", "trafilatura", "justext", "wet")}
ENGINES = {engine: extractor(options) for engine, options in OPTIONS.items()}
MAIN = [name for name in ENGINES if name != "wet"]
every = pytest.mark.parametrize("engine", ENGINES)
main = pytest.mark.parametrize("engine", MAIN)

SENTENCE = "It is said that the river was once so wide that no one on this side had ever seen the other one. "
ARTICLE = f"<h1>The river</h1><p>{SENTENCE * 3}</p><p>{'And then there is the bridge that we all know. ' * 5}</p>"
MENU = "<nav><ul>" + "".join(f"<li><a href=/{i}>Section {i}</a></li>" for i in range(8)) + "</ul></nav>"


def page(body, head="<title>T</title>"):
    return f"<!DOCTYPE html><html lang=en><head>{head}</head><body>{body}</body></html>"


PAGE = page(f"{MENU}<main><article>{ARTICLE}</article></main><footer><a href=/imprint>Imprint</a></footer>")


def others(n):
    """Pages that repeat a paragraph of ``PAGE`` and differ else: what a memory across pages would confuse."""
    return [
        page(f"<main><p>{SENTENCE * 3}</p><p>{f'The page {i} has a story of its own. ' * 5}</p></main>")
        for i in range(n)
    ]


class TestText:
    @every
    def test_the_article_is_text(self, engine):
        text = ENGINES[engine](PAGE)
        assert SENTENCE.strip() in text
        assert "And then there is the bridge that we all know." in text

    @main
    def test_menus_and_footers_are_left_out(self, engine):
        text = ENGINES[engine](PAGE)
        assert "Section 3" not in text
        assert "Imprint" not in text

    @every
    def test_scripts_styles_and_comments_are_never_text(self, engine):
        code = "<script>var hidden = 1;</script><style>.hidden {}</style><!-- hidden -->"
        text = ENGINES[engine](page(f"{code}<main>{code}{ARTICLE}{code}</main>", f"<title>T</title>{code}"))
        assert "hidden" not in text
        assert SENTENCE.strip() in text

    @every
    @pytest.mark.parametrize("html", ["", " \n", "<!-- c -->", "<html></html>", page("", ""), "\x00"])
    def test_a_page_without_text_has_none(self, engine, html):
        assert ENGINES[engine](html).strip() == ""

    @every
    def test_what_follows_a_nul_is_not_lost(self, engine):
        body = page(f"<main>{ARTICLE}<p>\x00{'This comes after it and it is to be kept. ' * 6}</p></main>").encode()
        assert "This comes after it and it is to be kept." in page_reader(OPTIONS[engine])(body, "utf-8").text

    @pytest.mark.parametrize("engine", ["trafilatura", "justext"])
    def test_what_follows_a_lone_surrogate_is_not_lost(self, engine):
        html = page(f"<main>{ARTICLE}<p>\ud800{'This comes after it and it is to be kept. ' * 6}</p></main>")
        assert "This comes after it and it is to be kept." in ENGINES[engine](html)

    @every
    def test_an_encoding_that_the_markup_declares_does_not_decode_a_second_time(self, engine):
        words = "Es ist so, dass die Größe der Straße in der Stadt für alle die gleiche ist. " * 6
        html = f'<?xml version="1.0" encoding="iso-8859-1"?>{page(f"<main><p>{words}</p></main>")}'
        assert "die Größe der Straße" in page_reader(OPTIONS[engine])(html.encode(), "utf-8").text

    @every
    def test_nul_and_surrogates_do_not_reach_the_text(self, engine):
        body = page(f"<main>{ARTICLE}<p>a&#0;b&#xD800;c {SENTENCE * 3}</p></main>").encode()
        text = page_reader(OPTIONS[engine])(body, None).text
        assert "\x00" not in text
        text.encode("utf-8")


class TestDeterminism:
    @every
    def test_a_page_gives_the_same_text_after_a_thousand_others(self, engine):
        extract = ENGINES[engine]
        before = extract(PAGE)
        for html in others(1000):
            extract(html)
        assert extract(PAGE) == before

    @every
    def test_the_order_of_pages_does_not_change_a_text(self, engine):
        extract, pages = ENGINES[engine], [PAGE, PAGE, *others(30)]
        shuffled = random.Random(7).sample(pages, len(pages))
        assert {html: extract(html) for html in shuffled} == {html: extract(html) for html in pages}

    def test_the_order_of_sets_in_a_process_does_not_change_a_text(self):
        script = (
            "from tests.transforms.extractors.test_engines import ENGINES, PAGE, others\n"
            "print([[extract(html) for html in [PAGE, *others(5)]] for extract in ENGINES.values()])"
        )
        environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": str(ROOT)}  # pytest's own is another one
        told = subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        ).stdout
        assert told == f"{[[extract(html) for html in [PAGE, *others(5)]] for extract in ENGINES.values()]}\n"


TAGS = st.sampled_from(["p", "div", "table", "tr", "td", "ul", "li", "a href=x", "main", "article", "h1", "pre", "br"])
MARKUP = st.one_of(
    TAGS.map(lambda tag: f"<{tag}>"),
    TAGS.map(lambda tag: f"</{tag.split()[0]}>"),
    st.sampled_from(
        ["<!--", "-->", "<script>", "</script>", "&#0;", "&#xD800;", "<![CDATA[", "\x00", "<", '="', SENTENCE]
    ),
    st.text(max_size=20),
)


class TestAnyPage:
    @every
    @settings(max_examples=100, deadline=None)
    @given(pieces=st.lists(MARKUP, max_size=30))
    def test_any_page_is_a_document_or_a_reject(self, engine, pieces):
        file = CrawlFile({"crawl": "c", "unit": 0, "attempt": 1}, "f", "id", page_reader(OPTIONS[engine]), 1 << 20)
        headers = {"warc-target-uri": "http://a.example/", "content-type": "text/html"}
        body = "".join(pieces).encode("utf-8", "surrogatepass")
        [(_, [(kind, row)])] = rows_of([Record(0, 9, "resource", headers, body)], file)
        assert kind in ("document", "reject")
        if kind == "document":
            assert row["text"].encode("utf-8").strip()
            assert row["extractor"] == ENGINES[engine].name
        else:
            assert row["reason"] in ("no_text", "empty_body", "extraction_failed")


class TestName:
    @main
    def test_it_is_engine_and_version(self, engine):
        assert page_reader(OPTIONS[engine])(PAGE.encode(), None).extractor == f"{engine} {version(engine)}"

    def test_the_wet_engine_names_its_parser(self):
        assert ENGINES["wet"].name == f"wet (resiliparse {version('resiliparse')})"


class TestInWorkers:
    @every
    def test_a_reader_reads_the_same_after_the_way_to_a_worker(self, engine):
        there = cloudpickle.loads(cloudpickle.dumps(page_reader(OPTIONS[engine])))
        assert there(PAGE.encode(), None) == page_reader(OPTIONS[engine])(PAGE.encode(), None)

    @pytest.mark.parametrize("engine", ["trafilatura", "justext"])
    def test_a_worker_without_the_package_fails_and_rejects_no_page(self, engine, monkeypatch):
        sent = cloudpickle.dumps(page_reader(OPTIONS[engine]))
        monkeypatch.delitem(sys.modules, f"transforms.extractors.{engine}")
        monkeypatch.setitem(sys.modules, engine, None)
        with pytest.raises(ImportError):
            cloudpickle.loads(sent)

    def test_stop_words_are_loaded_there_and_not_sent(self):
        assert len(cloudpickle.dumps(page_reader(OPTIONS["justext"]))) < 10_000
