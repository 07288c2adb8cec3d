"""``sluice mix`` on the sample's snapshot: what is asked, once, under names that people can mend."""

import json
import shutil

import pytest
from pyspark.sql import functions as F

from jobs import collect, mix
from jobs.common.mixing import manifest_path
from jobs.common.snapshots import published_id, put_row, row_of
from jobs.common.tables import Warehouse
from schemas.errors import RecipeError
from schemas.mixture import MIXTURE
from schemas.registry import RUNS
from schemas.schedule import Schedule
from schemas.tables import CURATED
from schemas.tokens import TOKENS
from schemas.toml_file import checked, parsed
from transforms.phases import without

pytestmark = pytest.mark.spark

PHASES = """
name = "two"
seed = 3
[domains]
by = "language"
default = "other"
map = { en = "english", de = "german" }
[[phases]]
name = "base"
tokens = 6_000
mix = { english = 0.9, german = 0.05, other = 0.05 }
[[phases]]
name = "end"
tokens = 1_500
mix = { english = 0.5, german = 0.5, other = 0.0 }
"""


def schedule(text=PHASES):
    return checked(parsed(text, "two.toml"), Schedule, "two.toml")


@pytest.fixture(scope="module")
def counted(spark, published, tmp_path_factory):
    """A copy of the sample's warehouse in which each word of the snapshot counts as a token."""
    root = tmp_path_factory.mktemp("mix") / "warehouse"
    shutil.copytree(published.warehouse.root, root)
    warehouse = Warehouse(spark, str(root))
    name = published_id(warehouse, "tiny")
    curated = warehouse.read(CURATED, warehouse.curated_path(name))
    told = {"snapshot_id": F.lit(name), "tokenizer": F.lit("words"), "n_tokens": F.col("n_words")}
    warehouse.append(curated.withColumns(told).select(*TOKENS.schema.names), TOKENS)
    put_row(warehouse, {**row_of(warehouse, name), "tokenizer": "words", "n_kept_tokens": 1})
    return warehouse


@pytest.fixture(scope="module")
def made(counted):
    return mix.run(counted, "tiny", schedule(), "two.toml")


def rows_of(warehouse, told):
    return warehouse.read(MIXTURE).where(F.col("mixture_id") == told["mixture_id"])


def test_each_phase_gets_what_it_asks_but_for_one_document(counted, made):
    longest = counted.read(TOKENS).agg(F.max("n_tokens")).collect()[0][0]
    asked = {}
    for phase in made["phases"]:
        assert sum(part["n_tokens"] for part in phase["sources"]) == phase["n_tokens"]
        for part in phase["sources"]:
            asked[phase["name"], part["source"]] = part
            assert abs(part["n_tokens"] - part["n_reached"]) <= longest
    assert asked["end", "german"]["proportion"] == 0.5
    assert asked["end", "other"]["n_rows"] == 0
    found = rows_of(counted, made).groupBy("phase", "source").agg(F.sum("n_tokens").alias("n"), F.count("*").alias("r"))
    told = {(row["phase"], row["source"]): (row["n"], row["r"]) for row in found.collect()}
    assert told == {key: (part["n_reached"], part["n_rows"]) for key, part in asked.items() if part["n_rows"]}


def test_sources_are_what_the_rule_says(counted, made):
    curated = counted.read(CURATED, counted.curated_path(made["snapshot"]["snapshot_id"]))
    names = {"en": "english", "de": "german"}
    words = {}
    for row in curated.select("language", "n_words").collect():
        source = names.get(row["language"], "other")
        words[source] = words.get(source, 0) + row["n_words"]
    assert {row["source"]: row["n_tokens"] for row in made["sources"]} == words
    german = next(row for row in made["sources"] if row["source"] == "german")
    assert german["epochs"] == pytest.approx(1_050 / words["german"])


def test_the_same_again_changes_nothing_and_finds_it(counted, made):
    version = counted.version(MIXTURE)
    assert mix.run(counted, "tiny", schedule(), "two.toml") == made
    assert counted.version(MIXTURE) == version


def test_made_anew_after_a_kill_it_is_the_same(counted, made):
    path = manifest_path(counted, made["snapshot"]["snapshot_id"], made["mixture_id"])
    shutil.move(path, f"{path}.lost")  # a run that is killed has written rows, and no manifest
    again = mix.run(counted, "tiny", schedule(), "two.toml")
    assert {**again, "created_at": None} == {**made, "created_at": None}
    assert rows_of(counted, made).count() == sum(p["n_rows"] for one in made["phases"] for p in one["sources"])


def test_a_mixture_is_a_job_of_its_own(counted, made):
    rows = counted.read(RUNS).where((F.col("job") == "mix") & (F.col("step_id") == made["mixture_id"])).collect()
    assert rows[0]["outputs"].keys() == {"mixture"}
    assert rows[0]["n_documents"] == sum(part["n_rows"] for one in made["phases"] for part in one["sources"])


def test_another_seed_is_another_mixture_of_the_same_size(counted, made):
    other = mix.run(counted, "tiny", schedule(PHASES.replace("seed = 3", "seed = 4")), "two.toml")
    assert other["mixture_id"] != made["mixture_id"]
    assert other["digest"] != made["digest"]
    assert other["phases"][0]["n_tokens"] == made["phases"][0]["n_tokens"]


def test_how_entropies_are_measured_makes_no_other_mixture(counted, made):
    asked = schedule(f"{PHASES}\n[entropies]\nshare = 0.5\n")
    assert mix.run(counted, "tiny", asked, "two.toml")["mixture_id"] == made["mixture_id"]


def test_a_removal_probe_is_the_same_schedule_without_a_source(counted, made):
    probe = mix.run(counted, "tiny", without(schedule(), "german"), "two.toml")
    assert {row["source"] for row in rows_of(counted, probe).select("source").distinct().collect()} == {
        "english",
        "other",
    }
    assert [phase["n_tokens"] for phase in probe["phases"]] == [phase["n_tokens"] for phase in made["phases"]]


def test_a_source_that_is_short_or_not_there_is_one_line_and_nothing_is_written(counted, made):
    version = counted.version(MIXTURE)
    with pytest.raises(RecipeError, match=r"two\.toml: source 'german' is [\d,]+ tokens short: 1,050 are asked"):
        mix.run(counted, "tiny", schedule("max_epochs = 0.01\n" + PHASES), "two.toml")
    with pytest.raises(
        RecipeError, match=r"phases\[0\]\.mix\.germn: no such source in the snapshot; allowed: english, "
    ):
        mix.run(counted, "tiny", schedule(PHASES.replace("german = 0.05", "germn = 0.05")), "two.toml")
    assert counted.version(MIXTURE) == version


def test_a_snapshot_that_was_not_counted_says_what_to_do(counted, made):
    row = row_of(counted, made["snapshot"]["snapshot_id"])
    put_row(counted, {**row, "tokenizer": None})
    try:
        with pytest.raises(RecipeError, match=r"was not counted in tokens; give its recipe \[tokens\]"):
            mix.run(counted, "tiny", schedule(), "two.toml")
    finally:
        put_row(counted, row)


def test_a_table_says_which_host_is_of_which_source_and_another_one_is_another_mixture(spark, counted, made, tmp_path):
    curated = counted.read(CURATED, counted.curated_path(made["snapshot"]["snapshot_id"]))
    hosts = sorted(row["host"] for row in curated.select("host").distinct().collect())
    asked = PHASES.replace('by = "language"', 'by = "table"\ntable = { path = "hosts", key = "host" }').splitlines()
    text = "\n".join(line for line in asked if not line.startswith("map")).replace("german", "rare")
    told = []
    for n_english in (len(hosts) - 5, len(hosts) - 4):
        rows = [(host, "english" if i < n_english else "rare") for i, host in enumerate(hosts[1:])]
        table = spark.createDataFrame(rows, "host string, domain string")
        table.write.mode("overwrite").parquet(str(tmp_path / "hosts"))
        told.append(mix.run(counted, "tiny", schedule(f"max_epochs = 99.0\n{text}"), str(tmp_path / "two.toml")))
    assert told[0]["mixture_id"] != told[1]["mixture_id"]
    assert {row["source"] for row in told[0]["sources"]} == {"english", "rare", "other"}
    table.unionByName(table).write.mode("overwrite").parquet(str(tmp_path / "hosts"))
    with pytest.raises(RecipeError, match="stands there 2 times; allowed: once"):
        mix.run(counted, "tiny", schedule(text), str(tmp_path / "two.toml"))
    with pytest.raises(RecipeError, match=r"no such table 'hosts'; looked for .*elsewhere"):
        mix.run(counted, "tiny", schedule(text), str(tmp_path / "elsewhere" / "two.toml"))


def test_what_is_shown_is_what_the_manifest_holds(counted, made, capsys):
    mix.show(made)
    out = capsys.readouterr().out
    assert made["mixture_id"] in out
    assert f"base: 6,000 tokens asked, {made['phases'][0]['n_reached']:,} reached" in out
    path = manifest_path(counted, made["snapshot"]["snapshot_id"], made["mixture_id"])
    with open(path, encoding="utf-8") as manifest:
        assert json.load(manifest)["digest"] == made["digest"]


def test_a_mixture_goes_with_its_snapshot(counted, made, tmp_path):
    root = tmp_path / "warehouse"
    shutil.copytree(counted.root, root)
    copy = Warehouse(counted.spark, str(root))
    row = row_of(copy, made["snapshot"]["snapshot_id"])
    put_row(copy, {**row, "is_published": False})
    collect.run(copy, keep=0, is_freed=True)
    assert copy.read(MIXTURE).count() == 0
    assert not (root / "snapshots" / row["snapshot_id"]).exists()
