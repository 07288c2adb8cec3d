"""Two recipes side by side: each setting that differs, by its full name."""

from tests.conftest import RECIPE
from transforms.recipe_changes import recipe_changes

TINY = RECIPE.read_text()


def test_equal_recipes_and_other_comments_change_nothing():
    assert recipe_changes(TINY, TINY) == []
    assert recipe_changes(TINY, f"# another comment\n{TINY}") == []


def test_a_threshold_is_named_by_its_step():
    other = TINY.replace("min_words                = 50", "min_words = 60").replace("= true", "= false")
    assert recipe_changes(TINY, other) == [
        {"key": "extract.resiliparse.main_content", "a": "true", "b": "false"},
        {"key": "steps.quality.gopher.min_words", "a": "50", "b": "60"},
    ]


def test_a_step_more_is_an_order_and_its_own_settings():
    other = f'{TINY}\n[[steps]]\nname = "again"\nkind = "dedup"\nmethod = "url"\n'
    assert recipe_changes(TINY, other) == [
        {"key": "steps", "a": "quality, exact", "b": "quality, exact, again"},
        {"key": "steps.again.name", "a": None, "b": '"again"'},
        {"key": "steps.again.kind", "a": None, "b": '"dedup"'},
        {"key": "steps.again.method", "a": None, "b": '"url"'},
    ]
    assert recipe_changes(other, TINY)[1] == {"key": "steps.again.name", "a": '"again"', "b": None}


def test_lists_are_compared_whole():
    other = TINY.replace('"longest", "oldest"', '"oldest"')
    assert recipe_changes(TINY, other) == [
        {"key": "steps.exact.survivor", "a": "['longest', 'oldest']", "b": "['oldest']"}
    ]
