"""A fitted law, or a best mixture, as one HTML page, complete in itself: no script, no network, all escaped."""

from collections.abc import Sequence
from importlib.resources import files as package_files
from typing import Any

from jinja2 import Environment, StrictUndefined

from jobs.common.law_fits import Fit
from jobs.common.law_lines import EXTRAPOLATED, extrapolated_cells, mix_of, number, percent
from jobs.common.law_plots import MOST_PLOTS, Plot, beside_plots, curve_plots
from jobs.common.plots import Series, bars
from jobs.common.stacked_plot import short, stacked
from schemas.schedule import Schedule
from transforms.fields import Row
from transforms.phases import parts_of
from transforms.text.printable import printable

_COLOURS = ("kept", "gone", "good", "bad", "soft", "ink")
_MOST_DOMAINS = 40


def fit_page(fit: Fit, told: Row, schedule: Schedule | None = None) -> str:
    """Fill the template with a fit, and with ``law_file.summary`` of it."""
    plots = {"curve_plots": curve_plots(fit), "beside_plots": beside_plots(fit)}
    title = f"{told['law']}: {told['says']}"
    return _filled(title, {"fit": told, "best": None, "most": MOST_PLOTS, **plots}, schedule)


def optimum_page(told: Row, schedule: Schedule | None = None) -> str:
    """Fill the template with ``law_asks.optimum``."""
    first = told["mixtures"][: len(_COLOURS) - 1]
    # Domains by their share in the best mixture: of many, the least are in the table only.
    domains = sorted(told["domains"], key=lambda name: -told["mixtures"][0]["mixture"][name])[:_MOST_DOMAINS]
    series = [
        Series([one["mixture"][name] for name in domains], colour) for one, colour in zip(first, _COLOURS, strict=False)
    ]
    key = tuple((colour, one["name"]) for one, colour in zip(first, _COLOURS, strict=False))
    plot = Plot("", bars("Share of each domain in each mixture", domains, series), key)
    shown = {"mixture_plot": plot, "mix": mix_of(told["mixtures"][0]["mixture"]), "n_domains": len(domains)}
    return _filled("The best mixture", {"fit": None, "best": told, **shown}, schedule)


def _filled(title: str, shown: dict[str, Any], schedule: Schedule | None) -> str:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(
        number=number, percent=percent, short=short, printable=printable, extrapolated=extrapolated_cells
    )
    environment.globals.update(extrapolated_names=tuple(EXTRAPOLATED.values()))
    template = package_files("jobs.common").joinpath("laws.html.j2").read_text(encoding="utf-8")
    phases = None if schedule is None or not schedule.phases else {"name": schedule.name, **_phases(schedule)}
    return environment.from_string(template).render(title=title, phases=phases, **shown)


def _phases(schedule: Schedule) -> Row:
    """Draw the tokens that each phase takes of each source; of many sources, the least are one part."""
    parts = parts_of(schedule)
    names = [phase.name for phase in schedule.phases]
    total = {source: sum(one.n_tokens for one in parts if one.source == source) for source in schedule.sources}
    order = sorted(total, key=lambda source: (-total[source], source))
    own = order if len(order) <= len(_COLOURS) else order[: len(_COLOURS) - 1]
    tokens = {source: _of(source, parts, len(names)) for source in order}
    rest = [sum(column) for column in zip(*(tokens[source] for source in order[len(own) :]), strict=True)]
    drawn = [*((source, tokens[source]) for source in own), *([("others", rest)] if rest else [])]
    series = [Series(values, colour) for (_, values), colour in zip(drawn, _COLOURS, strict=False)]
    key = tuple((colour, source) for (source, _), colour in zip(drawn, _COLOURS, strict=False))
    budgets = [sum(values[n] for values in tokens.values()) for n in range(len(names))]
    plot = Plot("", stacked("Tokens of each source in each phase", names, series), key)
    return {"plot": plot, "names": names, "tokens": tokens, "budgets": budgets, "total": total}


def _of(source: str, parts: Sequence[Any], n_phases: int) -> list[float]:
    found = [0.0] * n_phases
    for part in parts:
        if part.source == source:
            found[part.phase_number] += part.n_tokens
    return found
