"""A labelled collection of news articles: all planted near copies are found, and nothing else is."""

import pytest
from pyspark.sql import functions as F

from tests.conftest import SHARED
from transforms.dedup.candidates import Bounds, compared_pairs, equal_sets, shared_buckets
from transforms.dedup.signing import Signing, shingles_of, signatures_of
from transforms.dedup.verified import at_least, with_similarity
from transforms.text.lsh_curve import PRESETS
from transforms.text.shingles import Shingling

pytestmark = pytest.mark.spark

ARTICLES = SHARED / "data" / "dedup" / "articles_1000.train"
SIGNING = Signing(Shingling("words", 3), PRESETS["fineweb"], 1)


@pytest.mark.skipif(not ARTICLES.is_file(), reason="the labelled articles (../shared/data/dedup) are not here")
@pytest.mark.parametrize("least", [0.5, 0.9])
def test_all_planted_copies_of_a_thousand_articles_are_found_and_no_others(spark, tmp_path, least):
    def keep(frame, name):
        frame.write.mode("overwrite").parquet(str(tmp_path / name))
        return spark.read.schema(frame.schema).parquet(str(tmp_path / name))

    rows = [tuple(line.split(" ", 1)) for line in ARTICLES.read_text().splitlines()]
    truth = {tuple(sorted(line.split())) for line in ARTICLES.with_suffix(".truth").read_text().splitlines()}
    assert (len(rows), len(truth)) == (1000, 10)
    documents = spark.createDataFrame(rows, "doc_id string, text string").selectExpr(
        "doc_id", "'c' AS crawl", "0 AS unit", "0 AS attempt", "text"
    )
    signed = keep(documents.transform(signatures_of(SIGNING, "s")).withColumn("era", F.lit(0)), "signed")
    assert signed.transform(equal_sets).where("doc_id <> first_id").isEmpty()
    compare, near = with_similarity(keep(documents.transform(shingles_of(SIGNING)), "values")), at_least(least)
    compared = compared_pairs(keep(signed.transform(shared_buckets), "members"), compare, near, Bounds(16, 8), keep)
    assert {(row["a"], row["b"]) for row in compared.pairs.transform(near).collect()} == truth
