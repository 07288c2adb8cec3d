"""Plots: part of the page that holds them, whatever the labels are."""

import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from jobs.common.plots import Series, bars, outlines

HOSTILE = [
    "<script>alert(1)</script>",
    "$x^2$",
    'id="a" #010100',
    "a\x00b\nc",
    "非常に長い名前のホスト.example",
    "x" * 500,
]
SHARES = [0.5, 0.2, 0.1, 0.1, 0.05, 0.05]


def drawn(colour="kept"):
    series = [Series(SHARES, "soft"), Series(SHARES[::-1], colour)]
    ticks = [(0, "1"), (3, "<8>")]
    return bars('Of <hosts> & "more"', HOSTILE, series), outlines("Words", ticks, series, "words & more")


def test_a_plot_is_a_piece_of_a_page():
    for svg in drawn():
        tree = ElementTree.fromstring(svg)
        assert tree.get("role") == "img"
        assert tree.get("aria-label") == tree[0].text != ""
        attributes = {name.rpartition("}")[2] for one in tree.iter() for name in one.attrib}
        assert not attributes & {"id", "class", "href", "clip-path", "width", "height"}
        assert not {one.tag for one in tree.iter()} & {"defs", "style", "script", "metadata", "use"}


def test_its_colours_are_the_pages():
    for svg in drawn("gone"):
        used = set(re.findall(r"(?:fill|stroke): ([^;\"]*)", svg))
        assert used == {"none", "var(--soft)", "var(--gone)", "var(--line)"}


def test_labels_are_text_as_they_stand():
    svg = drawn()[0]
    labels = [one.text for one in ElementTree.fromstring(svg).iter("text") if "%" not in one.text]
    assert labels == [
        "<script>ale…(1)</script>",
        "$x^2$",
        HOSTILE[2],
        "a\ufffdb c",
        HOSTILE[4],
        f"{'x' * 11}…{'x' * 12}",
    ]


def test_the_same_numbers_give_the_same_bytes_in_any_process():
    code = "from tests.jobs.test_plots import drawn; print(ascii(drawn()))"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert other == f"{drawn()!a}\n"


@pytest.mark.parametrize("shares", [[], [0.0, 0.0]])
def test_nothing_to_draw_is_an_empty_plot(shares):
    series = [Series(shares, "soft"), Series(shares, "kept")]
    assert ElementTree.fromstring(bars("t", ["a"] * len(shares), series)).tag == "svg"
    assert ElementTree.fromstring(outlines("t", [], series, "x")).tag == "svg"


def test_who_draws_nothing_loads_no_matplotlib():
    code = "import sys, jobs.cli; raise SystemExit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
