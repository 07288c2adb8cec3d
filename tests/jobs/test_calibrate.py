"""Calibrate: the threshold keeps at least what was asked for, and the next higher one less."""

import pytest
from pyspark.sql import functions as F

from jobs import calibrate
from jobs.calibrate import Ask
from schemas.errors import RecipeError
from schemas.tables import MEASURES

SCORE = "language.language_score"


def scores(context, column=SCORE):
    return sorted((row[0] for row in context.live(MEASURES).select(column).collect()), reverse=True)


@pytest.mark.spark
class TestThreshold:
    @pytest.mark.parametrize("keep", [0.001, 0.1, 0.5, 1.0])
    def test_a_share_of_the_documents_is_kept_and_no_more_than_ties_beyond_it(self, published, keep):
        found = calibrate.run(published, Ask(SCORE, keep=keep))
        all_scores = scores(published)
        assert found.threshold in all_scores
        assert found.n_kept == sum(score >= found.threshold for score in all_scores) >= keep * found.n
        assert found.n_kept - found.n_ties < keep * found.n

    def test_the_lowest_may_be_asked_for(self, published):
        found = calibrate.run(published, Ask("words.n_words", keep=0.2, is_lowest=True))
        words = scores(published, "words.n_words")
        assert found.n_kept == sum(n <= found.threshold for n in words) >= 0.2 * found.n

    def test_a_budget_of_tokens_is_met_and_not_by_a_document_too_many(self, published):
        found = calibrate.run(published, Ask(SCORE, tokens=5000, token_bytes=4.5))
        rows = published.live(MEASURES).where(F.col(SCORE) >= found.threshold)
        sizes = [row[0] for row in rows.orderBy(F.desc(SCORE)).select("words.n_bytes").collect()]
        assert found.kept_weight == sum(sizes) >= 5000 * 4.5
        assert found.n_ties > 1 or sum(sizes[:-1]) < 5000 * 4.5

    def test_among_kept_only_what_the_recipe_keeps_counts(self, published):
        kept = calibrate.run(published, Ask(SCORE, keep=0.5, among="kept"))
        assert kept.n < calibrate.run(published, Ask(SCORE, keep=0.5)).n
        assert kept.n == published.warehouse.spark.read.format("delta").load(path_of(published)).count()

    def test_a_budget_beyond_all_there_is_says_how_much_there_is(self, published):
        with pytest.raises(RecipeError, match=r"--tokens: asks for .* bytes of text, but the .* documents .* have"):
            calibrate.run(published, Ask(SCORE, tokens=1e12))

    @pytest.mark.parametrize("by", ["language.language", "gopher.nothing", "n_words", "a.b.c.d", ""])
    def test_what_is_no_number_is_refused(self, published, by):
        with pytest.raises(RecipeError, match="--by: given"):
            calibrate.run(published, Ask(by, keep=0.1))

    @pytest.mark.parametrize("by", ["signals.n_sentences", "other.words.n_words"])
    def test_what_no_step_writes_is_refused(self, published, by):
        with pytest.raises(RecipeError, match="no measure step of the recipe writes"):
            calibrate.run(published, Ask(by, keep=0.1))

    def test_the_threshold_is_printed_in_full(self, published, capsys):
        ask = Ask("quality.words.n_words", keep=0.3)
        found = calibrate.run(published, ask)
        calibrate.show(ask, found)
        assert f"quality.words.n_words: at least {found.threshold!r}\nkeeps " in capsys.readouterr().out


def path_of(context):
    from jobs.common.snapshots import published_id

    return context.warehouse.curated_path(published_id(context.warehouse, context.recipe.name))


@pytest.mark.parametrize(
    ("ask", "line"),
    [
        (Ask(SCORE), "--keep, --tokens: allowed: one of them"),
        (Ask(SCORE, keep=0.1, tokens=5), "--keep, --tokens: allowed: one of them"),
        (Ask(SCORE, keep=0.0), "--keep: given 0.0; allowed: a share above 0, at most 1"),
        (Ask(SCORE, keep=1.5), "--keep: given 1.5"),
        (Ask(SCORE, keep=float("nan")), "--keep: given nan"),
        (Ask(SCORE, tokens=-1), "--tokens, --token-bytes: allowed: numbers above 0"),
    ],
)
def test_options_are_checked_before_anything_starts(ask, line):
    with pytest.raises(RecipeError) as told:
        ask.check()
    assert str(told.value).startswith(line)
