"""What ``sluice compare`` prints: counts, reasons and shifts as tables."""

from rich.console import Console
from rich.table import Table

from transforms.fields import Row
from transforms.text.printable import printable

_WIDTH = 140  # where nobody looks at a terminal
_BY = {"doc_id": "document", "url": "URL"}
_MOST_MOVED = 3


def show(told: Row) -> None:
    """Print what ``compare.run`` gives, one example a reason; whatever strangers wrote is printed as it stands."""
    console = Console(width=None if Console().is_terminal else _WIDTH, markup=False, emoji=False, highlight=False)
    for side in "ab":
        console.print(_line(side.upper(), told[side]), soft_wrap=True)
    differ = [row["what"] for row in told["made"] if not row["is_same"]]
    console.print(f"differ in: {', '.join(differ) or 'nothing'}", soft_wrap=True)
    for row in told["settings"]:
        text = f"  {row['key']}: {row['a'] or 'not set'} → {row['b'] or 'not set'}"
        console.print(printable(text), soft_wrap=True)
    for by, changes in told["changes"].items():
        console.print(_fates(by, changes))
        if changes["reasons"]:
            console.print(_reasons(by, changes))
    console.print(_shifts(told["shifts"]))
    for note in told["notes"]:
        console.print(printable(note), soft_wrap=True)
    for row in told["limits"]:
        verdict = "holds" if row["is_held"] else "does not hold"
        line = f"--{row['limit']} {row['allowed']:g}: {row['what']} {row['observed']:.4g}, {verdict}"
        console.print(printable(line), soft_wrap=True)


def _line(side: str, facts: Row) -> str:
    tokens = f", {facts['n_kept_tokens']:,} tokens" if "n_kept_tokens" in facts else ""
    kept = f"keeps {facts['n_kept']:,} of {facts['n_documents']:,} documents, {facts['n_kept_words']:,} words{tokens}"
    return f"{side}  {facts['snapshot_id']} ({facts['status']}, {facts['created_at']}, crawl {facts['crawl']}): {kept}"


def _fates(by: str, changes: Row) -> Table:
    table = Table(title=f"By {_BY[by]}", title_justify="left")
    table.add_column("")
    table.add_column(f"{_BY[by]}s", justify="right")
    table.add_column("share", justify="right")
    table.add_column("of those")
    for fate, whole in (("removed", "that A keeps"), ("added", "that B keeps"), ("changed", "in both")):
        table.add_row(fate, f"{changes[f'n_{fate}']:,}", f"{changes[f'{fate}_ratio']:.2%}", whole)
    table.add_row("same", f"{changes['n_same']:,}", "", "")
    return table


def _reasons(by: str, changes: Row) -> Table:
    table = Table(title=f"Why, by {_BY[by]}: B's reasons against what was removed, A's against what was added")
    table.title_justify = "left"
    for name in ("", "reason", "first", "any", "such as"):
        table.add_column(name, justify="right" if name in ("first", "any") else "left", overflow="fold")
    for row in changes["reasons"]:
        of = (row["fate"], row["reason"])
        urls = [one["url"] for one in changes["examples"] if (one["fate"], one["reason"]) == of]
        counts = (f"{row['n_first']:,}", f"{row['n_any']:,}")
        reason, example = (printable(text) for text in (row["reason"] or "no reason", urls[0] if urls else ""))
        table.add_row(row["fate"], reason, *counts, example)
    return table


def _shifts(shifts: list[Row]) -> Table:
    table = Table(title="Shifts of what is kept", title_justify="left")
    table.add_column("")
    for name in ("JS divergence", "PSI", "KS distance", "Cliff's delta"):
        table.add_column(name, justify="right")
    table.add_column("from → to", overflow="fold")
    for one in shifts:
        sizes = [f"{one[name]:.4f}" if name in one else "" for name in _SIZES]
        table.add_row(printable(one["name"]), *sizes, _moved(one))
    return table


_SIZES = ("js_divergence", "psi", "ks_distance", "cliffs_delta")


def _moved(one: Row) -> str:
    if one["kind"] == "numbers":
        median = next(row for row in one["quantiles"] if row["share"] == 0.5)
        return f"median {_number(median['a'])} → {_number(median['b'])}"
    rows = [row for row in one["labels"] if row["a_ratio"] != row["b_ratio"]][:_MOST_MOVED]
    return ", ".join(f"{printable(row['label'])} {row['a_ratio']:.1%} → {row['b_ratio']:.1%}" for row in rows)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.4g}" if abs(value) < 10 else f"{value:,.0f}"
