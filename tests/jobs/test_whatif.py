"""What if: another threshold's funnel is the one that a run with it would give, and texts stay unread."""

import pytest

from jobs import whatif
from schemas.errors import RecipeError
from schemas.settings import with_settings
from transforms.reasons import reason_order

pytestmark = pytest.mark.spark


def edited(context, *settings):
    return with_settings(context.recipe_text, "tiny.toml", settings)


def by_reason(rows):
    return {row["reason"]: row for row in rows}


def test_a_looser_rule_drops_fewer_and_others_take_over(published):
    before, after = map(by_reason, whatif.run(published, edited(published, "gopher.min_words=10")))
    rule = "gopher:too_few_words"
    assert before[rule]["n_any"] > after[rule]["n_any"]
    assert list(before) == list(after) == reason_order(published.recipe.steps)
    for name in before.keys() - {rule, "dedup:exact"}:
        assert before[name]["n_any"] == after[name]["n_any"]
        assert before[name]["n_dropped"] <= after[name]["n_dropped"]
    gained = sum(row["n_dropped"] for row in before.values()) - sum(row["n_dropped"] for row in after.values())
    assert 0 < gained <= before[rule]["n_only"]


def test_nothing_changed_is_the_funnel_of_the_snapshot(published):
    from schemas.registry import FUNNEL

    before, after = whatif.run(published, published.recipe)
    assert before == after
    told = by_reason(row.asDict() for row in published.warehouse.read(FUNNEL).collect())
    for row in before:
        assert (row["n_any"], row["n_dropped"]) == (told[row["reason"]]["n_any"], told[row["reason"]]["n_dropped"])


def test_fewer_candidates_have_fewer_duplicates(published):
    before, after = map(by_reason, whatif.run(published, edited(published, "gopher.min_words=200")))
    assert 0 < after["dedup:exact"]["n_dropped"] < before["dedup:exact"]["n_dropped"]


@pytest.mark.parametrize(
    "setting", ['quality.normalise="none"', 'quality.families=["repetition", "gopher"]', "language.joins_lines=true"]
)
def test_a_setting_that_needs_the_texts_names_the_step(published, setting):
    with pytest.raises(RecipeError, match="--set: changes what step 'quality' measures or cleans"):
        whatif.run(published, edited(published, setting))


def test_the_tables_show_what_changed(published, capsys):
    whatif.show(*whatif.run(published, edited(published, "gopher.min_words=10")))
    told = capsys.readouterr().out
    assert "gopher:too_few_words" in told
    assert "dedup:exact" in told
    assert "kept" in told
