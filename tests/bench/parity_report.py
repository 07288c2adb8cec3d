"""The tables of ``make parity-peers``."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

Row = dict[str, Any]
ASKED_RATIO = 100
WAYS = {
    "every": "every filter asked of every text",
    "in_order": "FineWeb's pipeline, in order: datatrove's filters never see what one before dropped, ours measure it",
}


def show(told: Row) -> None:
    """Print all tables."""
    console = Console(width=120, highlight=False)
    if not told["are_real_texts"]:
        console.print("no real texts at hand: these are the sample crawl's, which are made up")
    console.print(_decisions("decisions, datatrove's filters on our splitter's words and sentences", told["parity"]))
    _show_causes(console, told["parity"])
    console.print(_decisions("decisions, datatrove's filters on its own splitter's", told["own_splitter"]))
    console.print(_sources(told["own_splitter"]))
    _show_causes(console, told["own_splitter"])
    for way, title in WAYS.items():
        console.print(_speed(title, [row for row in told["speed"] if row["way"] == way]))
    for side, versions in told["versions"].items():
        console.print(f"{side}: " + ", ".join(f"{name} {one}" for name, one in versions.items()))
    console.print("written to build/parity.json")


def _decisions(title: str, rows: list[Row]) -> Table:
    asked = ("texts", "both keep", "both drop", "only ours drops", "only datatrove drops", "other texts")
    names = [name for name in asked if name.replace(" ", "_") in rows[0]]
    table = _table(title, ("filter", *names, "agree"))
    for row in rows:
        table.add_row(row["filter"], *(f"{row[name.replace(' ', '_')]:,}" for name in names), f"{row['share']:.2%}")
    if asked[-1] in names:
        table.caption = "other texts: both keep them, but C4's lines that stay are not the same bytes"
    return table


def _sources(rows: list[Row]) -> Table:
    sources = tuple(rows[0]["share_by_source"])
    table = _table("of these, agree by source", ("filter", *sources))
    for row in rows:
        table.add_row(row["filter"], *(f"{row['share_by_source'][source]:.1%}" for source in sources))
    return table


def _show_causes(console: Console, rows: list[Row]) -> None:
    for row in rows:
        for cause in row["causes"]:
            console.print(escape(f"{row['filter']}: {cause['n']} texts by {cause['cause']}"))
            for one in cause["examples"]:
                console.print(escape(_example(one)), soft_wrap=True)


def _example(one: Row) -> str:
    if "ours" not in one:
        return f"    {one['text']}"
    words = " ".join(one["only_ours"]), " ".join(one["only_datatrove"])
    values = f"ours {one['ours']:.4g}, datatrove {one['datatrove']:.4g}"
    return f"    {one['text']}: {values}; words only ours: {words[0]!r}, only datatrove's: {words[1]!r}"


def _speed(title: str, rows: list[Row]) -> Table:
    table = _table(title, ("texts", "n", "KB/text", "datatrove: docs/s", "MB/s", "ours: docs/s", "MB/s", "ratio"))
    for row in rows:
        sizes = f"{row['n']:,}", f"{row['bytes'] / row['n'] / 1e3:.1f}"
        theirs = f"{row['datatrove_per_s']:,.0f}", f"{row['bytes'] / row['datatrove_s'] / 1e6:.2f}"
        ours = f"{row['ours_per_s']:,.0f}", f"{row['bytes'] / row['ours_s'] / 1e6:.1f}"
        table.add_row(row["texts"], *sizes, *theirs, *ours, f"{row['ratio']:,.0f} x")
    is_met = rows[-1]["ratio"] >= ASKED_RATIO
    table.caption = f"CPU seconds of one process; asked: {ASKED_RATIO} x, {'met' if is_met else 'not met'}"
    return table


def _table(title: str, columns: tuple[str, ...]) -> Table:
    table = Table(title=title, title_justify="left", caption_justify="left")
    for i, name in enumerate(columns):
        table.add_column(name, justify="right" if i else "left", overflow="fold")
    return table
