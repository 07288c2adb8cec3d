"""The plots of a report, out of its numbers."""

from collections.abc import Sequence

from jobs.common.flow_plot import Band, Node, flow
from jobs.common.plots import Series, bars
from jobs.common.stacked_plot import stacked
from transforms.fields import Row

_MOST_RULES = 12


def plots_of(told: Row) -> dict[str, str]:
    """Draw flow, rules, languages, hosts, lengths, time and rejects; one that has nothing to show is empty."""
    snapshot, history = told["snapshot"], told["history"]
    shares = [row["n_kept"] / max(1, row["n_documents"]) for row in history]
    causes = told["ingest"]["rejects"][:_MOST_RULES]
    hosts, languages = told["hosts"], told["languages"]
    return {
        "flow": _flow(told["ingest"], snapshot, told["funnel"]),
        "rules": _rules(told["funnel"], max(1, snapshot["n_documents"])),
        "languages": _parted("Documents by language", [row["label"] for row in languages], languages),
        "hosts": _parted("Documents by host", [row["label"] or "(none)" for row in hosts], hosts),
        "lengths": _parted("Documents by number of words", [row["fewest"] for row in told["lengths"]], told["lengths"]),
        "time": bars("Share of documents that each snapshot kept", _names(history), [Series(shares, "kept")])
        if len(history) > 1
        else "",
        "rejects": stacked(
            "Records, gaps and files that gave no document, by cause",
            [row["reason"] for row in causes],
            [Series([row["count"] for row in causes], "bad")],
        )
        if causes
        else "",
    }


def _names(history: Sequence[Row]) -> list[str]:
    return [f"{row['crawl']}, {row['created_at']:%Y-%m-%d}" for row in history]


def _parted(title: str, labels: Sequence[str], rows: Sequence[Row]) -> str:
    kept = [row["n_kept"] for row in rows]
    gone = [row["n_documents"] - row["n_kept"] for row in rows]
    parts = [Series(kept, "kept"), Series(gone, "gone")]
    return stacked(f"{title}: kept and dropped", labels, parts, is_upright=bool(rows) and "fewest" in rows[0])


def _rules(funnel: Sequence[Row], n_documents: int) -> str:
    """Draw what the rules that drop most drop first, are against at all, and drop alone."""
    most = sorted(funnel, key=lambda row: -row["n_any"])[:_MOST_RULES]
    counts = {"n_dropped": "gone", "n_any": "soft", "n_only": "bad"}
    series = [Series([row[name] / n_documents for row in most], colour) for name, colour in counts.items()]
    return (
        bars(
            "Share of all documents that each rule drops first, is against, and drops alone",
            [row["reason"] for row in most],
            series,
        )
        if most
        else ""
    )


def _flow(ingest: Row, snapshot: Row, funnel: Sequence[Row]) -> str:
    """Draw records, what they gave, and where the documents went; small reasons are put together."""
    records = [
        Node("documents", ingest["n_documents"], "kept"),
        Node("rejected", ingest["n_rejected_records"], "bad"),
        Node("other types", ingest["n_skipped_records"], "soft"),
    ]
    dropped = sorted((row for row in funnel if row["n_dropped"]), key=lambda row: -row["n_dropped"])
    ends = [Node("kept", snapshot["n_kept"], "kept")]
    ends += [Node(row["reason"], row["n_dropped"], "gone") for row in dropped[:_MOST_RULES]]
    if rest := dropped[_MOST_RULES:]:
        ends.append(Node(f"{len(rest)} other reasons", sum(row["n_dropped"] for row in rest), "gone"))
    columns = [[Node("records", ingest["n_records"], "soft")], records, ends]
    bands = [Band(0, 0, i, node.value) for i, node in enumerate(records)]
    bands += [Band(1, 0, i, node.value) for i, node in enumerate(ends)]
    return flow("Where the records of the crawl went", columns, bands)
