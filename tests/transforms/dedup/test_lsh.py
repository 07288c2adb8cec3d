"""Signatures as Spark ML's stages: by our kernel and by Spark ML's own hashes, saved, and in a pipeline."""

import itertools

import pytest
from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.feature import RegexTokenizer

from transforms.dedup.lsh import MinHashSignatures, MinHashSignaturesModel
from transforms.text.lsh_curve import PRESETS, collision_chance, smallest_bands

pytestmark = [pytest.mark.spark, pytest.mark.matrix]

WORDS = [f"word{n}" for n in range(400)]
TEXTS = {
    "a": " ".join(WORDS[:200]),
    "a2": "  ".join(WORDS[:200]).upper(),  # the same words
    "b": " ".join(WORDS[:190] + WORDS[300:310]),  # similar
    "c": " ".join(WORDS[200:]),
    "one": "word",
    "other": "word",
    "empty": "",
    "null": None,
}


@pytest.fixture(scope="module")
def documents(spark):
    return spark.createDataFrame(list(TEXTS.items()), "id string, text string").repartition(3)


def signed(frame):
    return {row["id"]: row["signature"] for row in frame.collect()}


def buckets(told, a, b):
    return len(set(told[a]["bands"]) & set(told[b]["bands"]))


@pytest.mark.parametrize("engine", ["kernel", "spark_ml"])
def test_similar_texts_share_buckets_and_others_none(documents, engine):
    model = MinHashSignatures(preset="nemo", engine=engine).fit(documents)
    frame = model.transform(documents)
    assert frame.columns == ["id", "text", "signature"]
    told = signed(frame)
    assert len(told) == len(TEXTS)
    assert told["a"]["set_hash"] == told["a2"]["set_hash"]
    assert told["a"]["n_shingles"] == told["a2"]["n_shingles"] == 196
    assert buckets(told, "a", "a2") == len(set(told["a"]["bands"])) == 20
    assert 0 < buckets(told, "a", "b") < 20
    assert buckets(told, "a", "c") == 0
    assert told["empty"] == told["null"]
    assert (told["empty"]["n_shingles"], told["empty"]["bands"]) == (0, [])


@pytest.mark.parametrize("engine", ["kernel", "spark_ml"])
def test_both_stages_can_be_saved_and_are_the_same_again(documents, tmp_path, engine):
    stage = MinHashSignatures(bands=5, rows=3, seed=7, engine=engine, outputCol="signature")
    stage.save(str(tmp_path / "stage"))
    again = MinHashSignatures.load(str(tmp_path / "stage"))
    model = again.fit(documents)
    model.save(str(tmp_path / "model"))
    loaded = MinHashSignaturesModel.load(str(tmp_path / "model"))
    expected = signed(stage.fit(documents).transform(documents))
    assert signed(model.transform(documents)) == expected
    assert signed(loaded.transform(documents.repartition(1))) == expected


def test_it_stands_in_a_pipeline_beside_spark_mls_stages(documents, tmp_path):
    tokens = RegexTokenizer(inputCol="text", outputCol="tokens")
    filled = documents.na.fill("")
    model = Pipeline(stages=[tokens, MinHashSignatures(preset="fineweb")]).fit(filled)
    model.save(str(tmp_path / "pipeline"))
    told = PipelineModel.load(str(tmp_path / "pipeline")).transform(filled)
    assert {"tokens", "signature"} <= set(told.columns)
    assert len(signed(told)["a"]["bands"]) == 14


def test_bands_may_be_asked_for_by_what_they_find(documents):
    model = MinHashSignatures(threshold=0.7, recall=0.95).fit(documents)
    cut = model.signing().cut
    assert cut == smallest_bands(0.7, 0.95)
    assert collision_chance(0.7, *cut) >= 0.95
    assert MinHashSignatures().fit(documents).signing().cut == PRESETS["fineweb"]


def test_other_seeds_give_other_buckets_and_the_same_set(documents):
    first, second = (
        signed(MinHashSignatures(bands=4, rows=2, seed=s).fit(documents).transform(documents)) for s in (1, 2)
    )
    assert first["a"]["set_hash"] == second["a"]["set_hash"]
    assert not set(first["a"]["bands"]) & set(second["a"]["bands"])
    assert all(set(x).isdisjoint(y) for x, y in itertools.pairwise([first["a"]["bands"], first["c"]["bands"]]))


@pytest.mark.parametrize("given", [{"bands": 4}, {"rows": 4}, {"threshold": 0.8}, {"recall": 0.9}])
def test_half_of_an_answer_is_an_error(documents, given):
    with pytest.raises(ValueError, match="given one of them; allowed: both, or neither"):
        MinHashSignatures(**given).fit(documents)
