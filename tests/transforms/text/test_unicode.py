"""Character classes: equal to the Unicode database that Python carries."""

import unicodedata

import numpy as np
import pytest

from transforms.text.unicode import ALNUM, ALPHA, SPACE, classes

ALL = range(0x110000)


def members(bit):
    return set(np.flatnonzero(classes() & bit).tolist())


def test_letters_are_the_code_points_of_the_letter_categories():
    assert members(ALPHA) == {code for code in ALL if unicodedata.category(chr(code))[0] == "L"}


def test_alphanumerics_are_the_letters_and_whatever_has_a_numeric_value():
    numeric = {code for code in ALL if unicodedata.numeric(chr(code), None) is not None}
    assert members(ALNUM) == members(ALPHA) | numeric


def test_white_space_is_what_split_cuts_at():
    assert members(SPACE) == {code for code in ALL if len(f"a{chr(code)}b".split()) == 2}


@pytest.mark.parametrize(
    ("character", "bits"),
    [("a", ALPHA | ALNUM), ("7", ALNUM), ("²", ALNUM), ("\xa0", SPACE), ("\u200b", 0), ("_", 0), ("字", ALPHA | ALNUM)],
)
def test_well_known_characters_have_the_class_that_one_expects(character, bits):
    assert classes()[ord(character)] == bits


def test_the_table_is_built_once():
    assert classes() is classes()
