"""Which scripts have no spaces: those whose letters Unicode lets a line end between."""

import unicodedata
from collections import Counter

import numpy as np
import pytest
from uniseg.linebreak import line_break

from transforms.text.script_tables import SCRIPTS, script_table
from transforms.text.unspaced import ALONE, GAP, RUN, UNSPACED, word_kinds

BREAKS = {"ID", "CJ", "SA", "AK", "AS"}
"""Line-break classes of characters that a line may end behind without a space: syllables of Hangul have others."""


def test_the_scripts_are_those_in_which_lines_end_between_letters_and_tibetan():
    breaking, letters = Counter(), Counter()
    for code in np.flatnonzero(script_table()).tolist():
        if unicodedata.category(chr(code))[0] == "L":
            script = SCRIPTS[script_table()[code] - 1]
            letters[script] += 1
            breaking[script] += line_break(chr(code)).name in BREAKS
    found = {script for script, n in letters.items() if breaking[script] > n / 2}
    assert found | {"Tibt"} == set(UNSPACED)
    assert len(UNSPACED) == len(set(UNSPACED))


@pytest.mark.parametrize(
    ("characters", "kind"),
    [
        (" \n\u3000\xa0\x85\x1c", GAP),
        ("aZ0,é한я。א\u200bー", RUN),
        ("中々あアㄅกລខမ༄ཀ๑", ALONE),
    ],
)
def test_well_known_characters_have_the_kind_that_one_expects(characters, kind):
    assert {int(word_kinds()[ord(char)]) for char in characters} == {kind}


def test_gaps_are_the_white_space_of_split():
    assert [code for code in range(0x110000) if chr(code).isspace()] == np.flatnonzero(word_kinds() == GAP).tolist()


def test_all_that_is_no_part_of_spaced_words_is_ascii_or_begins_with_a_byte_that_the_kernel_knows():
    others = np.flatnonzero(word_kinds() != RUN).tolist()
    assert {first for first in (chr(code).encode()[0] for code in others) if 0x80 <= first < 0xE0} == {0xC2, 0xCB}
    assert (word_kinds()[:128] != ALONE).all()
