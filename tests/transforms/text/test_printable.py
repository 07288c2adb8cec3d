"""Texts of strangers on a terminal: nothing in them is obeyed."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from transforms.text.printable import printable


def test_escape_sequences_and_turned_lines_are_shown_not_obeyed():
    assert printable("\x1b[31mred\x07 \u202egnp.exe\u2066 \x9b2J") == "\ufffd[31mred\ufffd \ufffdgnp.exe\ufffd \ufffd2J"


def test_lines_become_one_line():
    assert printable("a\nb\tc\r\nd\u2028e\x85f") == "a b c  d e f"


def test_letters_of_any_script_stay_with_what_joins_them():
    for text in ("Straße naïve", "今日は", "می\u200cخواهم", "👩\u200d🔬", "नमस्ते", "[red]x[/red] :smile:"):
        assert printable(text) == text


@given(st.text(st.characters(blacklist_categories=())))
def test_no_control_character_is_left_and_what_is_left_can_be_encoded(text):
    told = printable(text)
    assert len(told) == len(text)
    assert not [c for c in told if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
    told.encode("utf-8")
