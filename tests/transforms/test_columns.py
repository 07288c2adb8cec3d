"""A measure step on a batch: a column for each family that it takes, whatever the texts."""

import math
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pytest

from jobs.common.fetch import language_model as fetched
from schemas.errors import RecipeError
from schemas.measures import FAMILIES, TEXT_FAMILIES, TextFamily
from schemas.recipe import parse_recipe
from transforms.cleaning import Cleaned
from transforms.columns import Measured, Texts
from transforms.text.language import language_model
from transforms.text.listed import make_word_sets
from transforms.text.url_lists import make_lists

HOSTILE = [
    "",
    "\0",
    "a" * 100_000,
    "مرحبا بالعالم " * 50,
    "中文没有空格的文字。" * 50,
    "😀" * 999,
    "\n" * 5000,
    "\ufffd",
    "…",
]
ALL = ("url_lists", "language", "line_languages", "words", *TextFamily.__args__, "stop_words", "fingerprint")


@lru_cache
def model():
    return language_model(np.memmap(fetched(), np.uint8, "r"))


def step(families=ALL, **more):
    told = {"load_model": model, "load_lists": lambda: make_lists(["a.example"], [], [], [])}
    told["load_words"] = {"stop_words": lambda: make_word_sets({"en": ["the", "of"]})}
    return Measured("s", families, "none", **told | more)


def columns(texts, families=ALL):
    beside = {"url": ["https://a.example/"] * len(texts), "licences": [["cc-by-4.0", "cc-by-sa-3.0-de"]] * len(texts)}
    return step(families).columns(Texts.of(pa.array(texts)), pa.RecordBatch.from_pydict(beside))


NULL = {"language", "language_2", "language_3", "top_script", "licence_kind"}
"""What a text may be without."""


def test_there_is_a_struct_for_each_family_asked_and_none_else():
    found = columns(["The words of a text."])
    assert list(found) == list(ALL)
    for name, column in found.items():
        assert [field.name for field in column.type] == list(FAMILIES[name]._fields)


@pytest.mark.parametrize("text", HOSTILE)
def test_every_text_has_every_measure(text):
    for name, column in columns([text]).items():
        for measure, value in column[0].as_py().items():
            assert value is not None or measure in NULL, (name, measure)
            assert not (isinstance(value, float) and math.isnan(value)), (name, measure)


def test_neighbours_do_not_matter():
    together = columns(["The words of a text.", *HOSTILE, "Other words."])
    alone = columns(["Other words."])
    assert {name: column[-1].as_py() for name, column in together.items()} == {
        name: column[0].as_py() for name, column in alone.items()
    }


def test_stop_words_are_those_of_the_texts_language():
    assert columns(["The end of the day is near."])["stop_words"][0].as_py() == {
        "n_occurrences": 3,
        "n_distinct": 2,
        "is_language_listed": True,
    }


def test_a_null_text_is_refused():
    with pytest.raises(ValueError, match="a text is null"):
        Texts.of(pa.array(["a", None]))


def test_a_slice_of_a_column_is_read_from_where_it_begins():
    texts = Texts.of(pa.array(["skip", "a", "bc"]).slice(1))
    assert texts.strings == ["a", "bc"]
    assert texts.column.to_pylist() == ["a", "bc"]


def test_personal_data_is_replaced_and_counted_as_an_edit():
    texts = Texts.of(pa.array(["Write to jo@mail.example.com today.", "Nothing here."]))
    left = Cleaned("s", redacted=("email",)).left(texts)
    assert left.texts.strings == ["Write to <EMAIL> today.", "Nothing here."]
    assert left.is_changed.tolist() == [True, False]
    assert left.cuts is None


def test_a_clean_step_that_finds_nothing_gives_the_very_texts_back():
    texts = Texts.of(pa.array(["One line.\nAnother."]))
    assert Cleaned("s", max_newlines=2).left(texts).texts is texts


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("[steps.line_languages]", "line_languages needs the section 'language' in the same step"),
        ("[steps.stop_words.lists]\nen = 'en.txt'", "stop_words needs the section 'language' in the same step"),
        ("families = ['pii']\n[steps.gopher]", "families must hold 'gopher', whose rules are given"),
        ("families = ['gophr']", "given 'gophr'"),
    ],
)
def test_a_step_asks_only_what_it_measures(given, line):
    recipe = f'name = "r"\ncrawl = "c"\n[[steps]]\nname = "q"\nkind = "measure"\n{given}\n'
    with pytest.raises(RecipeError) as told:
        parse_recipe(recipe, "r.toml")
    assert line in str(told.value)


def test_the_optional_families_are_known():
    assert set(TextFamily.__args__) - set(TEXT_FAMILIES) == {"signals", "scripts", "licences", "pii"}
