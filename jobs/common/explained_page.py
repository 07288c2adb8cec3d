"""What is known of a page, for a terminal; whatever strangers wrote is printed as it stands, and moves nothing."""

from typing import Any

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from transforms.fields import Row
from transforms.text.differences import Differences, Piece
from transforms.text.printable import printable

_NONE = {"step": "", "measure": "", "value": ""}
_WIDTH = 160  # where nobody looks at a terminal
_MARKS = {"removed": ("[-", "-]", "red"), "added": ("{+", "+}", "green")}
_METHODS = {"exact": "equal texts", "url": "equal addresses", "near": "near copies", "semantic": "the same meaning"}
_LIKENESS = {"semantic": "cosine similarity"}


def show(told: Row) -> None:
    """Print what ``explain.run`` gives. What differs is marked as wdiff does, so that it shows without colours too."""
    # Neither markup nor emoji codes: a page may hold what looks like either.
    console = Console(width=None if Console().is_terminal else _WIDTH, markup=False, emoji=False, highlight=False)
    for document in told["documents"]:
        console.rule(Text(printable(document["url"]), style="bold"), align="left")
        console.print(_facts(told, document))
        if document["reasons"]:
            console.print(_rules(document["reasons"], "against it"))
        if document["copy_of"]:
            console.print(_copy(document["copy_of"]))
        for cluster in document["survives"]:
            console.print(_survived(cluster))
        if document["held"]:
            console.print(_rules(document["held"], "rule that holds"))
    if told["has_more"]:
        console.print(f"and more; ask for one of them by its doc_id, in {told['crawl']}")


def _facts(told: Row, document: Row) -> Table:
    offset, length = document["record_offset"], document["record_length"]
    facts = {
        "doc_id": document["doc_id"],
        "file": f"{document['source_file']} at byte {offset:,} ({length:,} bytes)",
        "fetched": document["fetched_at"] or "–",
        "language": document["language"] or "–",
        **{f"score {name}": _number(score) for name, score in document["scores"].items()},
        "verdict": _verdict(told, document),
    }
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in facts.items():
        grid.add_row(name, printable(value))
    return grid


def _verdict(told: Row, document: Row) -> str:
    if not document["is_kept"]:
        return "dropped"
    if told["not_done"]:
        return f"nothing against it so far; not done yet: {', '.join(told['not_done'])}"
    return f"kept, in {told['snapshot_id']}" if told["snapshot_id"] else "kept; run `sluice curate`"


def _rules(rules: list[Row], title: str) -> Table:
    table = Table()
    for name in (title, "step", "measure", "value", "allowed"):
        table.add_column(name, justify="right" if name == "value" else "left", overflow="fold")
    for row in rules:
        values = row["values"] or [_NONE]
        for i, one in enumerate(values):
            value = printable(one["value"]) if isinstance(one["value"], str) else _number(one["value"])
            # Of several measures, the last is the one that is held against a limit.
            limit = (row["allowed"] or "") if one is values[-1] else ""
            table.add_row("" if i else row["reason"], one["step"], one["measure"], value, limit)
    return table


def _copy(copy: Row) -> Group:
    what = _METHODS.get(copy["method"], copy["method"])
    named = _LIKENESS.get(copy["method"], "Jaccard similarity")
    likeness = "" if copy["similarity"] is None else f", {named} {copy['similarity']:.4f}"
    told = f"step {copy['step']} ({what}): a copy of {_survivor(copy)}{likeness}"
    cluster = f"cluster {copy['cluster_id']} of {copy['n_members']:,} documents, of which one stays"
    parts: list[Any] = [Text(told), Text(cluster)]
    if copy["differences"] is not None:
        parts.append(_side_by_side(copy["differences"]))
    return Group(*parts)


def _survivor(copy: Row) -> str:
    survivor = copy["survivor"]
    if survivor is None:
        return f"{copy['survivor_id']}, which is no longer in the warehouse"
    reasons = ", ".join(row["reason"] for row in survivor.get("reasons", []))
    return f"{printable(survivor['url'])} ({survivor['doc_id']}){f', itself dropped by {reasons}' if reasons else ''}"


def _side_by_side(told: Differences) -> Table:
    rest = told.n_regions - len(told.regions)
    notes = [f"{rest:,} more regions differ"] if rest > 0 else []
    notes += ["the words are the same"] if not told.n_regions else []
    notes += ["only a first part was compared"] if told.is_cut else []
    table = Table(show_lines=True, expand=True, caption=Text("; ".join(notes)) if notes else None)
    table.add_column("this page", overflow="fold", ratio=1)
    table.add_column("the one that stays", overflow="fold", ratio=1)
    for region in told.regions:
        table.add_row(_side(region, "removed"), _side(region, "added"))
    return table


def _side(region: tuple[Piece, ...], kind: str) -> Text:
    begin, end, style = _MARKS[kind]
    text = Text()
    for piece in region:
        words = printable(piece.left if kind == "removed" else piece.right)
        if piece.is_same:
            text.append(words)
        elif words:
            text.append(f"{begin}{words.rstrip()}{end}", style=style).append(" " if words.endswith(" ") else "")
    return text


def _survived(cluster: Row) -> Text:
    told = f"step {cluster['step']}: stays for a cluster of {cluster['n_members']:,}, {cluster['cluster_id']}; gone are"
    for copy in cluster["copies"]:
        likeness = "" if copy["similarity"] is None else f", similarity {copy['similarity']:.4f}"
        told += f"\n  {printable(copy['url'] or 'no longer in the warehouse')} ({copy['doc_id']}{likeness})"
    return Text(told)


def _number(value: float | bool | None) -> str:
    if value is None or isinstance(value, bool):
        return {None: "–", True: "yes", False: "no"}[value]
    return f"{value:,}" if isinstance(value, int) else f"{value:.6g}"
