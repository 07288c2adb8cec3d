"""One text of 50 MB without a new-line: it is measured and cleaned as any other, its neighbours too."""

import pytest
from pyspark.sql import functions as F

from jobs import measure
from schemas.tables import CRAWL_FILES, DOCUMENTS, EDITS, MEASURES
from tests.jobs.texts import document_rows, file_row

pytestmark = [pytest.mark.spark, pytest.mark.slow]

RECIPE = """
name = "huge"
crawl = "c"
[[steps]]
name = "lines"
kind = "clean"
max_newlines = 2
redact = ["email"]
[steps.links]
tlds = "{lists}/tlds.txt"
[steps.lines]
[[steps]]
name = "quality"
kind = "measure"
families = ["gopher", "repetition", "datatrove_quality", "datatrove_repetition", "fineweb", "signals", "scripts", "pii"]
[steps.language]
model = "lid.176.ftz"
sha256 = "8f3472cfe8738a7b6099e8e999c3cbfae0dcd15696aac7d7738a8039db603e83"
[steps.line_languages]
"""
SENTENCE = "The river floods the lower meadows nearly every spring. "
SIZE = 50_000_000
END = "Write to anna@mill.example now."


def test_a_line_of_50_mb_passes_with_its_neighbours(open_at, tmp_path):
    from tests.conftest import ROOT

    recipe = tmp_path / "huge.toml"
    recipe.write_text(RECIPE.format(lists=ROOT / "conf/lists"))
    context = open_at(recipe=recipe)
    spark, warehouse = context.warehouse.spark, context.warehouse
    place = {"crawl": "c", "unit": 0, "attempt": 0}
    texts = [(f"{i:032x}", "https://a.example/", SENTENCE * 40 + END) for i in range(20)]
    rows = spark.createDataFrame(document_rows(texts, place), DOCUMENTS.schema)
    n_copies = SIZE // len(SENTENCE)
    huge = F.concat(F.repeat(F.lit(SENTENCE), n_copies), F.lit(END))
    is_huge = F.col("doc_id").endswith("0007")
    warehouse.append(rows.withColumn("text", F.when(is_huge, huge).otherwise(F.col("text"))), DOCUMENTS)
    warehouse.append(spark.createDataFrame([file_row(place, 20)], CRAWL_FILES.schema), CRAWL_FILES)
    measure.run(context)
    measures = context.live(MEASURES).where("words is not null")
    told = {row["doc_id"][-4:]: row for row in measures.select("doc_id", "words", "language", "signals").collect()}
    assert len(told) == 20
    assert told["0007"]["words"]["n_words"] == n_copies * 9 + 4
    assert told["0007"]["signals"]["n_sentences"] == n_copies + 1
    assert {row["language"]["language"] for row in told.values()} == {"en"}
    edits = context.live(EDITS).select(F.length("text").alias("n"), F.substring("text", -22, 22).alias("end")).collect()
    assert max(row["n"] for row in edits) == n_copies * len(SENTENCE) + len(END) - len("anna@mill.example") + 7
    assert [row["end"] for row in edits] == [" Write to <EMAIL> now."] * 20
