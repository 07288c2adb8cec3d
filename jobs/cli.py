"""``sluice``: the menu of all jobs."""

import typer

from jobs import (
    annotate,
    calibrate,
    classify,
    collect,
    compare,
    compress,
    curate,
    dedup,
    entropies,
    explain,
    ingest,
    laws,
    leaderboard,
    measure,
    mix,
    nightly,
    plan,
    publish,
    rollback,
    rules,
    setup,
    snapshots,
    status,
    takedown,
    train,
    verify,
    whatif,
)
from jobs.common.options import run_app

app = typer.Typer(
    name="sluice",
    help="Common Crawl files in, a curated, versioned snapshot out, with a reason for every dropped page.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("run")(nightly.command)
app.command("ingest")(ingest.command)
app.command("measure")(measure.command)
app.command("classify")(classify.command)
app.command("dedup")(dedup.command)
app.command("curate")(curate.command)
app.command("publish")(publish.command)
app.command("status")(status.command)
app.command("plan")(plan.command)
app.command("explain")(explain.command)
app.command("snapshots")(snapshots.command)
app.command("verify")(verify.command)
app.command("rollback")(rollback.command)
app.command("gc")(collect.command)
app.command("takedown")(takedown.command)
app.command("whatif")(whatif.command)
app.command("compare")(compare.command)
app.add_typer(leaderboard.app, name="leaderboard")
app.command("entropies")(entropies.command)
app.command("mix")(mix.command)
app.add_typer(laws.app, name="laws")
app.command("calibrate")(calibrate.command)
app.command("train")(train.command)
app.command("compress")(compress.command)
app.add_typer(annotate.app, name="annotate")
app.command("rules")(rules.command)
app.command("setup")(setup.command)


def main() -> None:
    """Entry point of the ``sluice`` command."""
    run_app(app)


if __name__ == "__main__":
    main()
