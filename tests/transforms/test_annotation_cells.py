"""The annotators' file: any text comes back as it was, and no cell is a formula."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from transforms.annotation_cells import COLUMNS, from_csv, guarded, to_csv, unguarded

texts = st.text(st.sampled_from("=+-@'\"\r\n\t ,;a\0\x9b\ufeff＝ü") | st.characters(exclude_categories=["Cs"]))


@given(texts, texts)
@example("=1+1", "'=1")
@example("a\rb", 'quote " here,\r\n"')
@example("'tis", "''@x")
def test_any_text_comes_back(text, note):
    row = {"doc_id": "d", "text": text, "label": "positive", "note": note, "score": -0.5, "is_kept": True}
    [line] = from_csv(to_csv([row]))
    assert line.number == 2
    assert dict(line.cells) == {
        **dict.fromkeys(COLUMNS, ""), "doc_id": "d", "text": text, "label": "positive", "note": note,
        "score": "-0.5", "is_kept": "true",
    }  # fmt: skip


@given(texts)
def test_no_cell_starts_as_a_formula_or_with_a_control_character(text):
    first = guarded(text).lstrip(" ")[:1]
    assert first not in tuple("=+-@＝＋－＠\ufeff")
    assert not first or (ord(first) >= 32 and not 127 <= ord(first) < 160)


@pytest.mark.parametrize("cell", ["'tis", "a", "", "'", "''", "it's =1"])
def test_an_apostrophe_that_somebody_wrote_stays(cell):
    assert guarded(cell) == cell == unguarded(cell)


def test_what_a_spreadsheet_saved_is_read():
    """With semicolons or tabs, columns in another order, more columns, empty rows, and texts of several lines."""
    for mark in ";\t":
        lines = ["label;text;doc_id;mine", '" positive ";"a\nb;c";1;x', "", ";;;", "negative;;2;"]
        told = list(from_csv("\r\n".join(line.replace(";", mark) for line in lines)))
        assert [(line.number, line.cells["doc_id"]) for line in told] == [(2, "1"), (6, "2")]
        assert told[0].cells["text"] == f"a\nb{mark}c"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: the file is empty"),
        ("doc_id,note\n1,\n", "line 1: column label is missing; the file has: doc_id, note"),
        ("doc_id,label,label\n", "line 1: column label is there more than once"),
        ("doc_id,label\n1,positive\n2\n", "line 3: has 1 cells; the header has 2"),
        ('doc_id,label\n1,"posi\ntive"\n2,"x\n', "line 4: not valid CSV: unexpected end of data"),
        ('doc_id,label\n1,"a"b\n', "line 2: not valid CSV: ',' expected after '\"'"),
    ],
)
def test_a_file_that_is_none_is_told_with_its_line(text, said):
    with pytest.raises(ValueError, match=r"^line \d") as told:
        list(from_csv(text))
    assert str(told.value).startswith(said)


def test_the_file_is_what_python_calls_csv():
    rows = [{"doc_id": "1", "text": 'a "b"\r\nc'}, {"doc_id": "2"}]
    table = list(csv.DictReader(io.StringIO(to_csv(rows), newline="")))
    assert [row["text"] for row in table] == ['a "b"\r\nc', ""]
    assert tuple(table[0]) == COLUMNS
