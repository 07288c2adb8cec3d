"""DCLM-Baseline's recipe against what DCLM's own code decided about 160 documents, from URL rules to word removal."""

import json
from pathlib import Path

import pytest

from jobs import curate, measure
from jobs.common.context import open_context
from jobs.common.judged import judged
from schemas.tables import CURATED
from tests.jobs.texts import write

pytestmark = pytest.mark.spark

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
GOLDEN = SHARED / "reference/dclm_golden/mappers/golden.jsonl"
LISTS = SHARED / "data/blocklist/dclm/mappers"
STEPS = {
    "url:listed_domain": 1,
    "url:strict_word": 2,
    "url:hard_word": 3,
    "url:soft_words": 4,
    "links:nothing_left": 5,
    "language:unknown": 8,
    "language:not_allowed": 8,
    "language:low_score": 8,
    "gopher:too_few_words": 9,
    "gopher:too_many_words": 9,
    "gopher:words_too_short": 10,
    "gopher:words_too_long": 10,
    "gopher:too_many_symbols": 11,
    "gopher:too_many_bullets": 12,
    "gopher:too_many_ellipses": 13,
    "gopher:too_little_alpha": 14,
    "gopher:too_few_stop_words": 15,
    "lines:nothing_left": 24,
    "lines:too_many_words_removed": 25,
}
"""Reason → number of DCLM's step; its lines may be gone after any of 18 to 24. All repetition rules are 16."""


def step_of(reason):
    """Give the number of DCLM's step."""
    return 16 if reason.startswith("repetition:") else STEPS[reason]


@pytest.fixture(scope="module")
def golden():
    if not GOLDEN.exists():
        pytest.skip("no golden file of DCLM's code beside the project")
    return {row["id"]: row for row in map(json.loads, GOLDEN.read_text(encoding="utf-8").strip().split("\n"))}


@pytest.fixture(scope="module")
def context(spark, golden, tmp_path_factory):
    """The golden documents, ingested and measured by the faithful recipe with the lists of DCLM's code."""
    folder = tmp_path_factory.mktemp("dclm")
    (folder / "domains.txt").write_text("badsite.com\nspam.example.org\nevil.co.uk\n")
    recipe = (ROOT / "conf/recipes/dclm_baseline.toml").read_text(encoding="utf-8")
    named = {"../lists/domains.txt": folder / "domains.txt", "../lists/tlds.txt": LISTS / "iana_tlds.txt"}
    for kind in ("strict", "hard", "soft"):
        upstream = f"refinedweb_banned_words_{kind}_reverse_engineered.txt"
        named[f"../lists/url_{kind}.txt"] = LISTS / "banlists" / upstream
    for old, new in named.items():
        assert old in recipe
        recipe = recipe.replace(old, str(new))
    (folder / "dclm.toml").write_text(recipe, encoding="utf-8")
    opened = open_context(str(folder / "dclm.toml"), str(folder / "warehouse"))
    write(opened, [(row["id"], row["url"], row["text"]) for row in golden.values()])
    measure.run(opened)
    return opened


def test_every_document_goes_at_the_step_at_which_dclm_drops_it(context, golden):
    rows = judged(context, context.recipe.steps, "any").select("doc_id", "reasons").collect()
    ours = {row["doc_id"]: step_of(row["reasons"][0]) if row["reasons"] else None for row in rows}
    theirs = {name: row["removed_at"] and row["removed_at"]["step"] for name, row in golden.items()}
    assert ours == theirs


def test_the_texts_that_stay_are_dclms_byte_for_byte(context, golden):
    name = curate.run(context)
    path = context.warehouse.curated_path(name)
    ours = {row["doc_id"]: row["text"] for row in context.warehouse.read(CURATED, path).collect()}
    theirs = {name: row["final_text"] for name, row in golden.items() if not row["removed_at"]}
    assert ours == theirs
