"""Laws of loss: fitted on runs, asked what a mixture or a size will give, and which mixture is best."""

from typing import Annotated

import typer

from jobs.common import html_file, law_file
from jobs.common.html_file import Html
from jobs.common.law_asks import Wanted, mixture_rows, optimum, size_rows
from jobs.common.law_data import load
from jobs.common.law_fits import Ask, fitted
from jobs.common.law_lines import show_fit, show_optimum, show_rows
from jobs.common.law_mixtures import asked_of, beside_in, models_of, pairs, supply_of
from jobs.common.law_options import (
    DataFrom,
    File,
    LawFrom,
    LawName,
    LossColumns,
    MixtureColumns,
    Schedule,
    SumTolerance,
    Where,
    law_of,
    of_mixtures,
    of_sizes,
)
from jobs.common.law_page import fit_page, optimum_page
from jobs.common.options import Json, Master, run_app
from schemas.schedule import Schedule as Phases
from schemas.toml_file import load_shape
from transforms.laws.fitted import Intervals
from transforms.laws.points import TOLERANCE
from transforms.laws.table import Columns

app = typer.Typer(help="Fit laws of loss to runs; predict losses and find the best mixture.", no_args_is_help=True)

_MIX, _LOSS = "mix_{}", "loss_{}"


@app.command("fit")
def fit_command(  # noqa: PLR0913, PLR0917 a command line has the options that it has
    data: Annotated[str, typer.Argument(metavar="DATA", help="Runs: CSV, or the folder of a Delta table.")],
    law: LawName,
    mixture: MixtureColumns = _MIX,
    losses: LossColumns = _LOSS,
    steps: Annotated[str, typer.Option(help="Column of steps.")] = "steps",
    parameters: Annotated[str, typer.Option(help="Column of a model's parameters.")] = "parameters",
    tokens: Annotated[str, typer.Option(help="Column of its tokens.")] = "tokens",
    loss: Annotated[str, typer.Option(help="Column of its loss.")] = "loss",
    error: Annotated[str, typer.Option(help="Column of its average error; none: no law of error.")] = "error",
    name: Annotated[str, typer.Option(help="Column of its name.")] = "name",
    sum_tolerance: SumTolerance = TOLERANCE,
    level: Annotated[float, typer.Option(help="Of intervals.")] = 0.95,
    draws: Annotated[int, typer.Option(min=0, help="Of a bootstrap; 0: intervals from the curvature.")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Of the bootstrap, or of trees.")] = 0,
    hold_out: Annotated[
        str | None, typer.Option(help="last-step, mixture (each in turn), or rows: COLUMN=VALUE.", metavar="WHAT")
    ] = None,
    out: Annotated[str | None, typer.Option("--out", help="Write the law there (JSON).", metavar="FILE")] = None,
    html: Html = None,
    schedule: Schedule = None,
    is_json: Json = False,
    master: Master = None,
) -> None:
    """Fit a law to runs, with intervals, and tell how well it predicts what is held out.

    Example: sluice laws fit runs.csv --law bimix --hold-out last-step --out law.json --html law.html

    Columns: a proportion of each domain (mix_web …) and losses (loss_web …), with steps; or parameters, tokens and
    loss. The law has seen all rows but those that COLUMN=VALUE holds out. A fit that did not converge gives no numbers.
    """
    html_file.check(html)
    columns = Columns(mixture, losses, steps, name, parameters, tokens, loss, error)
    phases = load_shape(schedule, Phases) if schedule else None
    runs = load(data, master)
    found = fitted(runs, Ask(law, columns, sum_tolerance, Intervals(level, draws, seed), hold_out))
    told = law_file.summary(found, runs, hold_out)
    if out:
        law_file.write(out, found, runs)
    if html:
        html_file.write(html, fit_page(found, told, phases))
    if is_json:
        print(law_file.dumped(told))
    else:
        show_fit(told)


@app.command("predict")
def predict_command(  # noqa: PLR0913, PLR0917 as above
    mixtures: Annotated[str | None, typer.Argument(metavar="[FILE]", help="CSV: a row a mixture, or a model.")] = None,
    source: File = None,
    data: DataFrom = None,
    law: LawFrom = None,
    mix: Annotated[list[str] | None, typer.Option(help="A mixture: each domain.", metavar="DOMAIN=SHARE")] = None,
    steps: Annotated[float | None, typer.Option(help="Steps after which, of all mixtures.", metavar="N")] = None,
    parameters: Annotated[float | None, typer.Option(help="Of a model.", metavar="N")] = None,
    tokens: Annotated[float | None, typer.Option(help="That it is trained on.", metavar="N")] = None,
    mixture: MixtureColumns = _MIX,
    losses: LossColumns = _LOSS,
    sum_tolerance: SumTolerance = TOLERANCE,
    is_json: Json = False,
    master: Master = None,
) -> None:
    """Predict losses of mixtures or of models, with intervals where the law has them.

    Example: sluice laws predict --law-file law.json --mix web=0.7 --mix code=0.3 --steps 2e5

    A file of mixtures has the columns of the law's runs (mix_web …; steps, name); one of models parameters and tokens.
    """
    columns = Columns(mixture, losses)
    named = law_of(Where(source, data, law, columns, sum_tolerance, master))
    if named.is_of_sizes or parameters is not None or tokens is not None:
        rows = size_rows(of_sizes(named), named.error_law, models_of(mixtures, parameters, tokens))
    else:
        known = of_mixtures(named)
        asked = asked_of(mixtures, pairs("--mix", mix), known.domains, columns, sum_tolerance)
        rows = mixture_rows(known, asked if steps is None else asked._replace(steps=steps))
    if is_json:
        print(law_file.dumped(rows))
    else:
        show_rows(rows)


@app.command("optimise")
def optimise_command(  # noqa: PLR0913, PLR0917 as above
    source: File = None,
    data: DataFrom = None,
    law: LawFrom = None,
    steps: Annotated[float | None, typer.Option(help="Steps after which, where the law has them.", metavar="N")] = None,
    lower: Annotated[list[str] | None, typer.Option(help="Least proportion.", metavar="DOMAIN=SHARE")] = None,
    upper: Annotated[list[str] | None, typer.Option(help="Greatest proportion.", metavar="DOMAIN=SHARE")] = None,
    unique_tokens: Annotated[list[str] | None, typer.Option(help="Tokens there are.", metavar="DOMAIN=N")] = None,
    budget: Annotated[float | None, typer.Option(help="Tokens of the training.", metavar="N")] = None,
    max_epochs: Annotated[float, typer.Option(help="How often a token may be seen.", metavar="N")] = 4.0,
    weight: Annotated[list[str] | None, typer.Option(help="Of a target; others: 0.", metavar="TARGET=N")] = None,
    beside: Annotated[
        str | None, typer.Option(help="CSV of other mixtures: column domain, a column each.", metavar="FILE")
    ] = None,
    html: Html = None,
    schedule: Schedule = None,
    mixture: MixtureColumns = _MIX,
    losses: LossColumns = _LOSS,
    sum_tolerance: SumTolerance = TOLERANCE,
    is_json: Json = False,
    master: Master = None,
) -> None:
    """Find the mixture of the least weighted sum of losses, and hold others (natural, by entropy) beside it.

    Example: sluice laws optimise --law-file law.json --steps 2e5 --upper code=0.4 --beside others.csv

    With --unique-tokens and --budget no domain is read more than --max-epochs times.
    """
    html_file.check(html)
    phases = load_shape(schedule, Phases) if schedule else None
    supply = supply_of(pairs("--unique-tokens", unique_tokens), budget, max_epochs)
    ends = (pairs("--lower", lower), pairs("--upper", upper))
    wanted = Wanted(steps, *ends, supply, pairs("--weight", weight))
    named = law_of(Where(source, data, law, Columns(mixture, losses), sum_tolerance, master))
    known = of_mixtures(named)
    others = beside_in(beside, known.domains, sum_tolerance) if beside else None
    told = {"law": named.name} | optimum(known, wanted, others, beside or "")
    if html:
        html_file.write(html, optimum_page(told, phases))
    if is_json:
        print(law_file.dumped(told))
    else:
        show_optimum(told)


if __name__ == "__main__":
    run_app(app)
