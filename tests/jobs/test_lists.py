"""Lists by path: found beside the recipe, hashed when a command starts, refused when they change under way."""

import pytest

from jobs.common.lists import entries, settled, url_lists
from schemas.errors import RecipeError
from schemas.recipe import parse_recipe

RECIPE = """
name = "r"
crawl = "c"
[[steps]]
name = "q"
kind = "measure"
[steps.url]
domains = ["lists/a.txt", "lists/b.txt"]
"""


@pytest.fixture
def origin(tmp_path):
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists/a.txt").write_text("# a comment\n\nbad.example\n  spaced.example  \n", encoding="utf-8")
    (tmp_path / "lists/b.txt").write_text("Other.Example\r\n", encoding="utf-8")
    return str(tmp_path / "r.toml")


def lists(origin, text=RECIPE):
    """Give the lists of the only step, settled."""
    return settled(parse_recipe(text, origin), origin).steps[0].url.domains


def test_a_list_is_looked_for_from_the_recipes_folder_and_hashed(origin, tmp_path):
    first, second = lists(origin)
    assert first.path == str(tmp_path / "lists/a.txt")
    assert first.sha256 != second.sha256
    assert len(first.sha256) == 64


def test_comments_and_blank_lines_are_no_entries(origin):
    assert [entries(one.path, one.sha256) for one in lists(origin)] == [
        ("bad.example", "spaced.example"),
        ("Other.Example",),
    ]


def test_several_lists_are_one(origin):
    named = tuple((one.path, one.sha256) for one in lists(origin))
    assert url_lists(named, (), (), ()).domains == {"bad.example", "spaced.example", "other.example"}


def test_a_missing_list_is_one_line(origin, tmp_path):
    with pytest.raises(RecipeError) as told:
        lists(origin, RECIPE.replace("a.txt", "c.txt"))
    assert str(told.value) == f"{origin}: no such list 'lists/c.txt'; looked for {tmp_path}/lists/c.txt"


def test_a_list_that_is_not_text_is_refused(origin, tmp_path):
    (tmp_path / "lists/a.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(RecipeError, match=r"list 'lists/a.txt' is not UTF-8"):
        lists(origin)


def test_a_list_that_changed_under_way_is_refused(origin, tmp_path):
    one = lists(origin)[0]
    (tmp_path / "lists/a.txt").write_text("another.example\n")
    with pytest.raises(RecipeError, match="the list changed while it was in use"):
        entries(one.path, one.sha256)


def test_a_list_is_a_path_in_the_recipe(origin):
    with pytest.raises(RecipeError, match=r"steps\[0\].url.domains\[0\]: given 3"):
        parse_recipe(RECIPE.replace('"lists/a.txt"', "3"), "r.toml")
