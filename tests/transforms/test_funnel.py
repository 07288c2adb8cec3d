"""The funnel's rows: the recipe's order, and a level that runs down without a leak."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.registry import FUNNEL
from transforms.funnel import funnel_rows, largest_drift

NUMBERS = ("n_dropped", "n_any", "n_only", "n_dropped_bytes", "n_dropped_words")


def count(reason, *numbers):
    return {"reason": reason, **dict.fromkeys(NUMBERS, 0), **dict(zip(NUMBERS, numbers, strict=False))}


def test_what_is_left_by_one_rule_enters_the_next():
    rows = funnel_rows("s", ["a", "b"], [count("b", 20), count("a", 30)], 100)
    assert [(r["reason"], r["n_entered"], r["n_dropped"], r["n_left"]) for r in rows] == [
        ("a", 100, 30, 70),
        ("b", 70, 20, 50),
    ]


def test_a_rule_that_hit_nothing_stays_in_its_place_with_zeros():
    row = funnel_rows("s", ["a", "b"], [count("a", 30)], 100)[1]
    assert row.pop("snapshot_id") == "s"
    assert row == {"position": 1, "reason": "b", "n_entered": 70, "n_left": 70} | dict.fromkeys(NUMBERS, 0)


def test_the_counts_of_a_reason_are_copied():
    row = funnel_rows("s", ["a"], [count("a", 1, 2, 3, 4, 5)], 9)[0]
    numbers = [row[name] for name in NUMBERS]
    assert numbers == [1, 2, 3, 4, 5]


def test_a_recipe_without_rules_has_no_rows():
    assert funnel_rows("s", [], [], 100) == []


def test_its_columns_are_those_of_the_table():
    assert set(funnel_rows("s", ["a"], [], 1)[0]) == set(FUNNEL.schema.fieldNames())


@given(st.lists(st.integers(0, 50), max_size=8), st.integers(400, 500))
def test_what_is_left_at_the_end_is_all_minus_all_that_was_dropped(dropped, n_documents):
    names = [f"r{i}" for i in range(len(dropped))]
    rows = funnel_rows("s", names, [count(*pair) for pair in zip(names, dropped, strict=True)], n_documents)
    assert [row["n_left"] for row in rows][-1:] == [n_documents - sum(dropped)][: len(rows)]


def drift(now, before, n_now=100, n_before=100):
    told = [[{"reason": reason, "n_dropped": n} for reason, n in one.items()] for one in (now, before)]
    return largest_drift(*told, n_now, n_before)


def test_the_rule_whose_share_changed_most_is_named():
    assert drift({"a": 10, "b": 30}, {"a": 15, "b": 20}) == ("b", 0.3 - 0.2)
    assert drift({"a": 10, "b": 25}, {"a": 40, "b": 20}) == ("a", 0.4 - 0.1)


def test_shares_are_of_all_documents_of_their_own_snapshot():
    assert drift({"a": 10}, {"a": 100}, 100, 1000) == ("a", 0.0)


def test_a_rule_that_only_one_funnel_has_drops_nothing_in_the_other():
    assert drift({"a": 10, "new": 5}, {"a": 10}) == ("new", 0.05)
    assert drift({"a": 10}, {"a": 10, "old": 5}) == ("old", 0.05)


def test_without_rules_or_documents_nothing_changes():
    assert drift({}, {}) == (None, 0.0)
    assert drift({"a": 0}, {"a": 0}, 0, 0) == ("a", 0.0)


def test_of_equal_changes_the_first_by_name_is_told():
    assert drift({"b": 1, "a": 1}, {}) == ("a", 0.01)
