"""What a run prints at its end: the funnel, and where snapshot and report are."""

from typing import Any

from rich.console import Console
from rich.table import Table

from jobs.common.context import Context

Row = dict[str, Any]


def print_summary(context: Context, snapshot: Row, funnel: list[Row]) -> None:
    """Print the funnel as a table, then the addresses, on standard output."""
    console = Console(highlight=False)
    table = Table(title=f"Where {snapshot['n_documents']:,} documents went", title_justify="left")
    table.add_column("reason")
    for name in ("dropped", "left", "any", "only"):
        table.add_column(name, justify="right")
    for row in funnel:
        if row["n_any"]:
            counts = (row["n_dropped"], row["n_left"], row["n_any"], row["n_only"])
            table.add_row(row["reason"], *(f"{n:,}" for n in counts))
    table.add_row("kept", "", f"{snapshot['n_kept']:,}", "", "", style="bold")
    console.print(table)
    folder = context.warehouse.snapshot_path(snapshot["snapshot_id"])
    for label, value in (
        (snapshot["status"], snapshot["snapshot_id"]),
        ("digest", snapshot["digest"]),
        ("snapshot", f"{folder}/curated"),
        ("report", f"{folder}/report.html"),
    ):
        console.print(f"{label:<10} {value}", soft_wrap=True)
