"""One page explained, and what the report shows of copies: what went, by which step, and what it is a copy of."""

import json
import random
import re
import shutil
from functools import cache

import pytest

from jobs import curate, dedup, explain, measure
from jobs.common.context import open_context
from jobs.common.dedup_report import dedup_steps
from jobs.common.snapshots import rows
from schemas.errors import RecipeError
from schemas.searches import NEAR_PAIRS, NEAR_SEARCHES
from schemas.tables import DUPLICATES, REJECTS
from tests.jobs.test_report import deduped_html
from tests.jobs.texts import write
from transforms.lineage import dedup_id, population_id

pytestmark = pytest.mark.spark

RECIPE = """
name = "r"
crawl = "c"
[[steps]]
name = "clean"
kind = "clean"
redact = ["email"]
[[steps]]
name = "quality"
kind = "measure"
families = ["gopher"]
[steps.gopher]
min_words = 5
stop_word_languages = []
max_mean_word_chars = 1000
[[steps]]
name = "exact"
kind = "dedup"
[[steps]]
name = "near"
kind = "dedup"
method = "near"
[steps.near]
size = 3
bands = 40
rows = 3
min_similarity = 0.6
"""
HOSTILE = "\x1b[31mred\u202e [bold]x[/bold] <script>alert(1)</script>"
WORDS = [f"w{n}" for n in range(300)]


def texts():
    rng = random.Random(4)
    words = rng.sample(WORDS, 60)
    first = " ".join(words)
    other = rng.sample(WORDS, 80)
    return [
        ("first", "http://a.example/1", f"{first} and a little more"),
        ("same", "http://a.example/2", f"{first} and a little more".upper()),
        ("alike", "http://a.example/<script>alert(2)</script>", f"{HOSTILE} {' '.join([*words[:30], *words[31:]])}"),
        ("other", "http://a.example/twice", " ".join(other)),
        ("apart", "http://a.example/twice", " ".join(rng.sample(WORDS, 70))),
        ("short", "http://b.example/short", "too short"),
        ("close", "http://b.example/[red]\x1b[31m", " ".join([*other[:40], "me@example.com", *other[41:]])),
    ]


@pytest.fixture(scope="module")
def crawl(spark, tmp_path_factory):
    """A crawl of two units, run up to its snapshot."""
    folder = tmp_path_factory.mktemp("explained")
    (folder / "r.toml").write_text(RECIPE)
    context = open_context(str(folder / "r.toml"), str(folder / "warehouse"))
    write(context, texts()[:3])
    write(context, texts()[3:], unit=1)
    reject = {field.name: "" for field in REJECTS.schema} | {"crawl": "c", "unit": 0, "attempt": 0, "detail": None}
    reject |= {"url": "http://a.example/bad", "reason": "too_large", "source_file": "x.warc", "record_length": 9}
    rejects = spark.createDataFrame([reject | {"record_offset": 7}], REJECTS.schema)
    context.warehouse.append(rejects, REJECTS)
    measure.run(context)
    for step in context.recipe.dedup_steps():
        dedup.run(context, step)
    curate.run(context)
    return context


@pytest.fixture(scope="module")
def explained(crawl):
    """Explain a page, once however often it is asked."""
    return cache(lambda page: explain.run(crawl, page))


def one(told):
    [document] = told["documents"]
    return document


def test_a_near_copy_names_its_survivor_and_where_the_texts_differ(explained):
    document = one(explained("first"))
    assert (document["url"], document["is_kept"]) == ("http://a.example/1", False)
    copy = document["copy_of"]
    value = {"step": "near", "measure": "similarity", "value": copy["similarity"]}
    assert document["reasons"] == [{"reason": "dedup:near", "allowed": "< 0.6", "values": [value]}]
    assert (copy["step"], copy["method"], copy["n_members"]) == ("near", "near", 2)
    assert 0.6 <= copy["similarity"] < 1
    assert (copy["survivor"]["doc_id"], copy["survivor"]["is_kept"]) == ("alike", True)
    differ = [piece for region in copy["differences"].regions for piece in region if not piece.is_same]
    assert ("", f"{HOSTILE} ") in [piece[:2] for piece in differ]
    assert ("and a little more", "") in [piece[:2] for piece in differ]


def test_an_equal_text_is_a_copy_of_one_that_itself_went(explained):
    copy = one(explained("same"))["copy_of"]
    assert (copy["step"], copy["similarity"], copy["n_members"]) == ("exact", 1.0, 2)
    assert copy["survivor"]["doc_id"] == "first"
    assert [row["reason"] for row in copy["survivor"]["reasons"]] == ["dedup:near"]


def test_a_dropped_page_tells_the_measure_and_a_survivor_its_copies(crawl, explained):
    [reason] = one(explained("http://b.example/short"))["reasons"]
    value = {"step": "quality", "measure": "gopher.n_counted_words", "value": 2}
    assert reason == {"reason": "gopher:too_few_words", "allowed": "≥ 5", "values": [value]}
    told = explained("close")
    document = one(told)
    assert (told["snapshot_id"], told["not_done"]) == (rows(crawl.warehouse)[-1]["snapshot_id"], [])
    assert (document["is_kept"], document["reasons"], document["copy_of"]) == (True, [], None)
    [cluster] = document["survives"]
    assert (cluster["step"], cluster["n_members"]) == ("near", 2)
    assert [(copy["doc_id"], copy["url"]) for copy in cluster["copies"]] == [("other", "http://a.example/twice")]


def test_a_url_with_several_documents_lists_them_all_with_texts_as_they_came_to_the_step(explained):
    told = explained("http://a.example/twice")
    assert [document["doc_id"] for document in told["documents"]] == ["apart", "other"]
    assert not told["has_more"]
    copies = [document["copy_of"] for document in told["documents"]]
    assert copies[0] is None
    differ = [piece for region in copies[1]["differences"].regions for piece in region if not piece.is_same]
    assert [piece.right for piece in differ] == ["<EMAIL> "]


@pytest.mark.parametrize(
    ("page", "line"),
    [
        ("http://a.example/11", r"no document of crawl 'c' has the URL or id .*; did you mean http://a.example/1 or "),
        ("http://a.example/bad", "; its record was rejected: too_large .x.warc, at byte 7.$"),
        ("http://nowhere.example/\x1b[31m\n", "has the URL or id 'http://nowhere.example/\ufffd.31m '$"),
    ],
)
def test_a_page_that_is_not_there_is_one_line_that_helps(crawl, page, line):
    with pytest.raises(RecipeError, match=line) as raised:
        explain.run(crawl, page)
    assert len(str(raised.value).splitlines()) == 1


def test_steps_that_were_not_done_are_named_and_nothing_is_said_for_them(crawl, open_at, tmp_path):
    (tmp_path / "r.toml").write_text(RECIPE.replace("min_similarity = 0.6", "min_similarity = 0.9"))
    context = open_at(recipe=tmp_path / "r.toml", warehouse=crawl.warehouse.root)
    told = explain.run(context, "first")
    assert (told["steps"], told["not_done"], told["snapshot_id"]) == (["clean", "quality", "exact"], ["near"], None)
    [document] = told["documents"]
    assert document["is_kept"]
    assert [cluster["step"] for cluster in document["survives"]] == ["exact"]


def test_a_survivor_that_is_gone_is_said_to_be_gone(crawl, open_at, tmp_path, capsys):
    shutil.copytree(crawl.warehouse.root, tmp_path / "warehouse")
    (tmp_path / "r.toml").write_text(RECIPE)
    context = open_at(recipe=tmp_path / "r.toml")
    row = {"doc_id": "apart", "crawl": "c", "method": "near", "survivor_id": "gone", "cluster_id": "k"}
    row |= {"step_id": step_id(context), "similarity": 0.7}
    context.warehouse.append(context.warehouse.spark.createDataFrame([row], DUPLICATES.schema), DUPLICATES)
    told = explain.run(context, "apart")
    assert told["documents"][0]["copy_of"]["survivor"] is None
    explain.show(told)
    assert "a copy of gone, which is no longer in the warehouse" in capsys.readouterr().out


def test_the_terminal_shows_what_a_page_holds_and_obeys_none_of_it(explained, capsys):
    for page in ("first", "close"):
        explain.show(explained(page))
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "{+\ufffd[31mred\ufffd [bold]x[/bold] <script>alert(1)</script>+}" in out
    assert "[-and a little more-]" in out
    assert "http://b.example/[red]\ufffd[31m" in out
    assert "Jaccard similarity 0." in out


def test_the_command_prints_json_that_can_be_read(crawl, explained, capsys, tmp_path, monkeypatch):
    (tmp_path / "r.toml").write_text(RECIPE)
    monkeypatch.setattr(explain, "run", lambda _, page: explained(page))
    explain.command("first", crawl.warehouse.root, str(tmp_path / "r.toml"), is_json=True)
    out = capsys.readouterr().out
    assert "\x1b" not in out
    told = json.loads(out[out.index("{") :])
    copy = told["documents"][0]["copy_of"]
    assert copy["survivor"]["url"] == "http://a.example/<script>alert(2)</script>"
    assert {"left", "right", "is_same"} == set(copy["differences"]["regions"][0][0])


def test_rules_that_hold_are_told_with_what_they_allow(explained):
    for page in ("http://b.example/short", "close", "first", "same"):
        document = one(explained(page))
        told = {row["reason"]: row for row in document["held"]}
        assert not {row["reason"] for row in document["reasons"]} & told.keys()
        for row in [*document["held"], *document["reasons"]]:
            sign, _, limit = (row["allowed"] or "").partition(" ")
            if sign in {"≥", "≤"} and row["values"]:
                value, limit = row["values"][-1]["value"], float(limit.replace(",", ""))
                assert (value >= limit if sign == "≥" else value <= limit) == (row["reason"] in told), row
    assert told["gopher:too_few_words"]["allowed"] == "≥ 5"
    assert told["clean:too_many_words_removed"]["allowed"] == "≤ 1"


def test_a_snapshot_is_asked_by_the_rules_that_it_was_made_by(crawl, explained):
    name = rows(crawl.warehouse)[-1]["snapshot_id"]
    for page in ("first", "close", "http://b.example/short"):
        assert explain.run_in(crawl.warehouse, page, name) == explained(page)
    with pytest.raises(RecipeError, match=f"snapshot {name} decided no document with the URL or id 'http://no/'"):
        explain.run_in(crawl.warehouse, "http://no/", name)
    with pytest.raises(RecipeError, match=f"--snapshot: given 'r'; allowed: a snapshot's id.*{name}"):
        explain.run_in(crawl.warehouse, "first", "r")


@pytest.mark.parametrize("asked", [{}, {"recipe": "r.toml", "snapshot": "r"}])
def test_rules_come_from_a_recipe_or_from_a_snapshot(asked):
    with pytest.raises(RecipeError, match="--snapshot, --recipe: give one of them"):
        explain.command("first", "wh", **asked)


def step_id(context):
    return dedup_id(context.recipe, context.recipe.dedup_steps()[-1], population_id(context.crawl_files()))


def shown(context):
    """Give what the report shows of each dedup step, and the page made of it."""
    told = dedup_steps(context, rows(context.warehouse)[-1])
    return told, deduped_html(told)


def test_the_report_shows_clusters_with_what_differs_and_the_curve(crawl):
    (exact, near), html = shown(crawl)
    assert (exact["n_removed"], exact["n_clusters"], exact["largest"], exact["near"]) == (1, 1, 2, None)
    assert [member["differences"] for member in exact["clusters"][0]["members"]] == [None]
    assert (near["n_removed"], near["n_clusters"], near["largest"]) == (2, 2, 2)
    search = near["near"]["search"]
    assert (search["n_signed"], search["n_compared"], search["n_removed"], search["recall"]) == (5, 2, 2, 1.0)
    assert {(pair["a"], pair["b"]) for pair in near["near"]["pairs"]} <= {("alike", "first"), ("close", "other")}
    assert near["near"]["limit"] == (0.6, pytest.approx(1 - (1 - 0.6**3) ** 40))
    assert '<section id="dedup-exact"' in html
    assert "<del>\ufffd[31mred\ufffd [bold]x[/bold] &lt;script&gt;alert(1)&lt;/script&gt;</del>" in html
    assert "<ins>and a little more</ins>" in html
    assert "http://a.example/&lt;script&gt;alert(2)" in html
    assert "<script" not in html
    assert re.search(r'<path class="curve" d="M54\.0,210\.5L', html)
    assert "near 40x3" in html
    assert "The search" in html


def test_the_report_shows_what_a_search_did_and_pairs_on_both_sides_of_the_threshold(crawl, open_at, tmp_path):
    own_search = shutil.ignore_patterns("near_searches", "near_pairs")
    shutil.copytree(crawl.warehouse.root, tmp_path / "warehouse", ignore=own_search)
    (tmp_path / "r.toml").write_text(RECIPE)
    context = open_at(recipe=tmp_path / "r.toml")
    place, spark = {"crawl": "c", "step_id": step_id(context)}, context.warehouse.spark
    search = {field.name: 1000 + n for n, field in enumerate(NEAR_SEARCHES.schema)} | place | {"min_similarity": 0.6}
    search |= {"recall": 0.975, "recall_low": 0.91, "recall_high": 0.992}
    context.warehouse.append(spark.createDataFrame([search], NEAR_SEARCHES.schema), NEAR_SEARCHES)
    near = [("first", "alike", 0.9), ("close", "other", 0.7), ("same", "first", 1.0), ("same", "alike", 0.8)]
    far = [("first", "other", 0.1), ("first", "apart", 0.5), ("first", "gone", 0.59)]
    pairs = [{"a": a, "b": b, "similarity": s, "is_near": s >= 0.6} | place for a, b, s in near + far]
    context.warehouse.append(spark.createDataFrame(pairs, NEAR_PAIRS.schema), NEAR_PAIRS)
    (_, told), html = shown(context)
    assert [(pair["similarity"], pair["is_near"]) for pair in told["near"]["pairs"]] == [
        (0.7, True), (0.8, True), (0.9, True), (0.5, False), (0.1, False),
    ]  # fmt: skip
    assert "1,005" in html
    assert "97.5 %<br>91.0 to 99.2 %" in html
    assert html.count(">not near<") == 2
    assert "<del>&lt;EMAIL&gt;</del>" in html
