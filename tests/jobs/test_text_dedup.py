"""Steps that take from texts what others have too: later steps read what is left, and so does the snapshot."""

import random

import pytest

from jobs import curate, dedup, measure, whatif
from jobs.common.context import open_context
from jobs.common.earlier import population_of
from schemas.errors import RecipeError
from schemas.recipe import parse_recipe
from schemas.searches import PARAGRAPH_SHARDS, SEEN_NGRAMS
from schemas.settings import with_settings
from schemas.tables import CURATED, DECISIONS, DOCUMENTS, EDITS, MEASURES
from tests.jobs.texts import write
from tests.transforms.text.bff import Reference
from transforms.lineage import dedup_id, text_step_id
from transforms.text.paragraph_rules import DedupRules

pytestmark = pytest.mark.spark

RECIPE = """
name = "r"
crawl = "c"
[[steps]]
name = "first"
kind = "measure"
families = ["gopher"]
[steps.gopher]
min_words = 3
min_stop_words = 0
max_symbol_word_ratio = 1000.0
min_mean_word_chars = 0.0
max_mean_word_chars = 1000.0
max_non_alpha_word_ratio = 1.0
[[steps]]
name = "links"
kind = "clean"
[steps.links]
tlds = "{tlds}"
[[steps]]
name = "repeated"
kind = "dedup_text"
[steps.paragraphs]
min_ngram = 2
max_ngram = 3
threshold = 0.5
engine = "exact"
{more}
[[steps]]
name = "rest"
kind = "measure"
families = []
[[steps]]
name = "equal"
kind = "dedup"
survivor = ["longest"]
"""


def texts():
    """Of few paragraphs each; every tenth is too short to come to the step, every seventh has a link first."""
    drawn = random.Random(2)
    pool = [
        " ".join(drawn.choices(["one", "two", "three", "four", "fünf", "、"], k=drawn.randrange(3, 9)))
        for _ in range(25)
    ]
    told = []
    for number in range(60):
        text = "two" if number % 10 == 0 else "\n".join(drawn.choices(pool, k=drawn.randrange(1, 6)))
        told.append(
            (f"{number:03}", f"https://a.example/{number}", f"see b.com/{number}\n{text}" * (number % 7 == 0) or text)
        )
    return told


def expected():
    """Doc_id → what the step leaves of it, and whether that is a word."""
    reference, told = Reference(DedupRules("old-both", 0.5, 2, 3)), {}
    for doc_id, _, text in texts():
        if len(text.replace("、", "").split()) >= 3:
            clean = text.replace(f" b.com/{int(doc_id)}", "")
            left, counts = reference.text(clean)
            told[doc_id] = (left, counts)
    return told


def opened_in(folder, more="", warehouse="wh"):
    tlds = folder / "tlds.txt"
    tlds.write_text("com\n")
    (folder / "r.toml").write_text(RECIPE.format(tlds=tlds, more=more))
    return open_context(str(folder / "r.toml"), str(folder / warehouse))


@pytest.fixture
def opened(spark, tmp_path):
    context = opened_in(tmp_path)
    put(context)
    measure.run(context)
    return context


@pytest.fixture(scope="module")
def scene(spark, tmp_path_factory):
    """All jobs of the recipe behind the ingest, done; and the snapshot's name."""
    context = opened_in(tmp_path_factory.mktemp("scene"))
    put(context)
    measure.run(context)
    for step in (*context.recipe.text_dedup_steps(), *context.recipe.dedup_steps()):
        dedup.run(context, step)
        measure.run(context)
    return context, curate.run(context)


def put(context):
    write(context, texts()[:40], unit=0)
    write(context, texts()[40:], unit=1)


def by_id(frame):
    return {row["doc_id"]: row for row in frame.collect()}


def test_the_snapshot_holds_what_plain_python_leaves(scene):
    context, name = scene
    left = expected()
    step_id = dedup_id(context.recipe, context.recipe.steps[2], population_of(context))
    edits = by_id(context.live(EDITS).where(f"step_id = '{step_id}'"))
    changed = {doc_id for doc_id, (_, counts) in left.items() if counts[1] or counts[5]}
    assert set(edits) == changed
    assert 5 < len(changed) < len(left) < 60
    assert all(row["text"] == left[doc_id][0] for doc_id, row in edits.items())
    parts = {k: tuple(row["parts"]) for k, row in by_id(context.live(MEASURES).where(f"step_id = '{step_id}'")).items()}
    assert parts == {k: (*counts[:4], counts[5] or counts[4] == 0) for k, (_, counts) in left.items()}
    decided = by_id(context.live(DECISIONS))
    emptied = {doc_id for doc_id, told in parts.items() if told[4]}
    assert {k for k, row in decided.items() if "repeated:nothing_left" in row["reasons"]} == emptied
    assert emptied
    curated = by_id(context.warehouse.read(CURATED, context.warehouse.curated_path(name)))
    assert {k: row["text"] for k, row in curated.items()} == {
        k: left[k][0] for k, row in decided.items() if row["is_kept"]
    }
    # Equal texts were looked for among what was left.
    told = [row["text"].lower().split() for row in curated.values()]
    assert len({tuple(words) for words in told}) == len(told)
    [shard] = context.warehouse.read(PARAGRAPH_SHARDS).collect()
    assert (shard["n_documents"], shard["n_emptied"], shard["shard"]) == (len(left), len(emptied), 0)


def thinned(context):
    """The step's rows, without the attempt."""
    step_id = dedup_id(context.recipe, context.recipe.steps[2], population_of(context))
    return [
        sorted(str(row) for row in context.live(table).where(f"step_id = '{step_id}'").drop("attempt").collect())
        for table in (EDITS, MEASURES)
    ]


def test_a_second_run_changes_no_table(scene):
    context, name = scene
    before = {table.name: context.warehouse.version(table) for table in (EDITS, MEASURES, DECISIONS)}
    nightly_steps(context)
    assert curate.run(context) == name
    assert {table.name: context.warehouse.version(table) for table in (EDITS, MEASURES, DECISIONS)} == before


def nightly_steps(context):
    for step in (*context.recipe.text_dedup_steps(), *context.recipe.dedup_steps()):
        dedup.run(context, step)
    measure.run(context)


def test_a_run_killed_between_its_commits_leaves_each_row_once(opened, scene, monkeypatch):
    step = opened.recipe.text_dedup_steps()[0]
    append = type(opened.warehouse).append

    def fails(self, frame, table):
        if table is MEASURES:
            raise InterruptedError
        append(self, frame, table)

    with monkeypatch.context() as patch:
        patch.setattr(type(opened.warehouse), "append", fails)
        with pytest.raises(InterruptedError):
            dedup.run(opened, step)
    dedup.run(opened, step)
    assert thinned(opened) == thinned(scene[0])


def test_steps_behind_it_wait_for_it_and_too_little_memory_is_told_before_it_is_taken(opened, tmp_path):
    with pytest.raises(RecipeError, match=r"steps.rest: 2 units are not measured yet"):
        dedup.run(opened, opened.recipe.dedup_steps()[0])
    with pytest.raises(RecipeError, match=r"steps.rest: 2 units are not measured yet"):
        curate.run(opened)
    with pytest.raises(RecipeError, match=r"kind 'dedup_text' reads more than measures"):
        whatif.run(opened, with_settings(opened.recipe_text, "r.toml", ["gopher.min_words=4"]))
    small = opened_in(tmp_path, "max_shard_bytes = 64")
    with pytest.raises(RecipeError, match=r"max_shard_bytes is 64; allowed: shards = \d+, or more bytes") as told:
        dedup.run(small, small.recipe.text_dedup_steps()[0])
    assert "steps.repeated.paragraphs: the largest of 1 shard has" in str(told.value)


def crawled(folder, crawl, earlier, rows, more):
    """Do the steps of a crawl up to the paragraphs; gives its context."""
    tlds = folder / "tlds.txt"
    tlds.write_text("com\n")
    recipe = RECIPE.replace('crawl = "c"', f'crawl = "{crawl}"')
    recipe = recipe.replace('kind = "dedup_text"', f'kind = "dedup_text"\nearlier = {earlier}')
    (folder / f"{crawl}.toml").write_text(recipe.format(tlds=tlds, more=more))
    context = open_context(str(folder / f"{crawl}.toml"), str(folder / "wh"))
    if context.live(DOCUMENTS).isEmpty():
        write(context, rows)
    measure.run(context)
    dedup.run(context, context.recipe.text_dedup_steps()[0])
    return context


def test_a_later_crawl_goes_on_with_what_an_earlier_one_kept(spark, tmp_path):
    """Two crawls leave what one pass over both leaves; what is asked for later is made later, and changes nothing."""
    rows = texts()
    first = crawled(tmp_path, "a", [], rows[:40], "")
    before = thinned(first)
    with pytest.raises(
        RecipeError, match="crawl 'a' kept nothing to go on from; run `sluice dedup` with crawl = \"a\""
    ):
        crawled(tmp_path, "b", ["a"], rows[40:], "keeps_seen = true")
    first = crawled(tmp_path, "a", [], rows[:40], "keeps_seen = true")
    assert thinned(first) == before
    version = first.warehouse.version(SEEN_NGRAMS)
    second = crawled(tmp_path, "b", ["a"], rows[40:], "")
    assert second.warehouse.version(SEEN_NGRAMS) == version
    left = expected()
    told = {}
    for context in (first, second):
        step_id = dedup_id(context.recipe, context.recipe.steps[2], population_of(context))
        told |= by_id(context.live(EDITS).where(f"step_id = '{step_id}'"))
    assert {doc_id: row["text"] for doc_id, row in told.items()} == {
        doc_id: text for doc_id, (text, counts) in left.items() if counts[1] or counts[5]
    }
    assert population_of(second) != population_of(crawled(tmp_path, "b", [], rows[40:], ""))


def test_a_filter_without_room_for_a_crawl_is_told_before_it_is_read(opened, tmp_path):
    recipe = opened.recipe_text.replace('engine = "exact"', "keeps_seen = true\nroom_for_ngrams = 5")
    (tmp_path / "r.toml").write_text(recipe)
    small = open_context(str(tmp_path / "r.toml"), opened.warehouse.root)
    with pytest.raises(RecipeError, match=r"comes to \d+ n-grams; room_for_ngrams is 5; allowed: more room") as told:
        dedup.run(small, small.recipe.text_dedup_steps()[0])
    assert str(told.value).startswith("steps.repeated.paragraphs: the largest of 1 shard ")


def test_what_stands_behind_it_depends_on_the_population(scene):
    recipe = scene[0].recipe
    first, links, _, rest, _ = recipe.steps
    assert text_step_id(recipe, first, None) == text_step_id(recipe, first, "p")
    assert text_step_id(recipe, links, None) == text_step_id(recipe, links, "p")
    assert text_step_id(recipe, rest, "p") != text_step_id(recipe, rest, "q")
    with pytest.raises(ValueError, match="depends on the population"):
        text_step_id(recipe, rest, None)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "[steps.paragraphs]",
            "[steps.lines]\nmax_documents = 3\n[steps.paragraphs]",
            "lines: given beside paragraphs|paragraphs: given beside lines",
        ),
        (
            'name = "rest"\nkind = "measure"\nfamilies = []',
            'name = "rest"\nkind = "dedup"',
            "must come behind the last one that changes texts",
        ),
        ("families = []", 'families = ["licences"]', "'licences' is of the page"),
        ("max_ngram = 3", "max_ngram = 1", "min_ngram: given 2; allowed: up to max_ngram, 1"),
        ('engine = "exact"', "keeps_seen = true", "keeps_seen: a filter that is kept needs room_for_ngrams"),
        ('engine = "exact"', 'engine = "exact"\nroom_for_ngrams = 9', "room_for_ngrams: given with engine 'exact'"),
        ('kind = "dedup_text"', 'kind = "dedup_text"\nearlier = ["c"]', "given 'c', the recipe's own crawl"),
        (
            '[steps.paragraphs]\nmin_ngram = 2\nmax_ngram = 3\nthreshold = 0.5\nengine = "exact"',
            'earlier = ["b"]\n[steps.lines]',
            "earlier: only paragraphs are held against",
        ),
    ],
)
def test_recipes_that_make_no_sense_say_why(old, new, told):
    recipe = RECIPE.format(tlds="tlds.txt", more="")
    assert old in recipe
    with pytest.raises(RecipeError, match=told):
        parse_recipe(recipe.replace(old, new), "r.toml")
