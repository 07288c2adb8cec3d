"""What a page of a fitted law draws: curves with intervals among the runs, and observed against predicted."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from jobs.common.curve_plot import Line, Names, curves
from jobs.common.law_file import best_multiplier
from jobs.common.law_fits import Beside, Fit, MixtureFit, ScaleFit
from jobs.common.law_lines import number
from jobs.common.point_plot import Point
from schemas.errors import RecipeError
from transforms.laws.chinchilla import Chinchilla
from transforms.laws.curves import Numbers
from transforms.laws.stored import ERROR

_COLOURS = ("kept", "gone", "good")
_N_X = 60
_MOST_DOTS = 600
MOST_PLOTS = 12
"""Targets: more make a page that nobody reads."""


class Plot(NamedTuple):
    """An ``<svg>`` element, its heading, where it needs one, and the names of its colours."""

    heading: str
    svg: str
    key: tuple[tuple[str, str], ...] = ()
    """Colour and what has it."""


def curve_plots(fit: Fit) -> list[Plot]:
    """Draw a law's curves; of a law of mixtures, one plot for each of the first targets."""
    if isinstance(fit, MixtureFit):
        draw = _over_steps if fit.law.knows_steps else _over_share
        return [draw(fit, target) for target in fit.law.targets[:MOST_PLOTS]]
    plots = [_over_compute(fit)]
    return [*plots, _over_loss(fit)] if fit.error_law and fit.runs.errors is not None else plots


def beside_plots(fit: Fit) -> list[Plot]:
    """Draw observed against predicted, of fitted runs and of those held out; losses, and errors by themselves."""
    seen = fit.seen()
    groups = (
        ("loss", [k for k, t in enumerate(seen.targets) if not _is_error(fit, t)]),
        (
            ERROR,
            [k for k, t in enumerate(seen.targets) if _is_error(fit, t)],
        ),
    )
    return [_beside(what, places, seen, fit.held) for what, places in groups if places]


def _is_error(fit: Fit, target: str) -> bool:
    return isinstance(fit, ScaleFit) and target == ERROR


def _beside(what: str, places: list[int], seen: Beside, held: Beside | None) -> Plot:
    sets = [("kept", seen), *((("gone", held),) if held else ())]
    found = []
    for colour, one in sets:
        pairs = np.stack([one.predicted[:, places].ravel(), one.observed[:, places].ravel()], axis=1)
        found += [Point(x, y, colour) for x, y in _some(pairs).tolist()]
    ends = [min(min(p.x, p.y) for p in found), max(max(p.x, p.y) for p in found)]
    names = Names(f"Observed against predicted {what}", f"predicted {what}", f"observed {what}")
    key = (("kept", "fitted"), *((("gone", "held out"),) if held else ()))
    return Plot(
        f"Observed against predicted {what}", curves(names, [Line(ends, ends, "soft", (), (), True)], found[::-1]), key
    )


def _some(rows: Numbers) -> Numbers:
    """Thin out, evenly, what would be too many points for a page."""
    return rows[:: max(1, -(-len(rows) // _MOST_DOTS))]


def _over_steps(fit: MixtureFit, target: str) -> Plot:
    """Draw a loss over steps: the mixtures with the least, the middle and the greatest share of the domain."""
    law, runs = fit.law, fit.runs
    k, own = law.targets.index(target), law.domains.index(target)
    numbers = runs.mixture_numbers()
    mixtures = runs.mixtures[[int(np.argmax(numbers == n)) for n in range(numbers.max() + 1)]]
    order = np.argsort(mixtures[:, own], kind="stable")
    chosen = list(dict.fromkeys(int(order[at]) for at in (0, len(order) // 2, len(order) - 1)))
    steps = np.asarray(runs.steps)
    xs = np.geomspace(steps.min(), steps.max(), _N_X)
    lines, dots, key = [], [], []
    for colour, n in zip(_COLOURS, chosen, strict=False):
        lines.append(_line(fit, k, np.repeat(mixtures[n : n + 1], _N_X, axis=0), xs, (xs, colour)))
        mine = _some(np.stack([steps, runs.losses[:, k]], axis=1)[numbers == n])
        dots += [Point(x, y, colour) for x, y in mine.tolist()]
        key.append((colour, f"{target} {100 * mixtures[n, own]:.3g} %"))
    names = Names(f"Loss of {target} over steps", "steps", "loss", is_log=True)
    return Plot(target, curves(names, lines, dots), tuple(key))


def _over_share(fit: MixtureFit, target: str) -> Plot:
    """Draw a loss over one proportion, others in the ratio of the mean mixture: of its own domain, or what moves it."""
    law, runs = fit.law, fit.runs
    k = law.targets.index(target)
    paths = [_path(runs.mixtures, at) for at in range(len(law.domains))]
    told = [law.predict(path)[:, k] for path in paths]
    own = law.domains.index(target) if target in law.domains else int(np.argmax([np.ptp(one) for one in told]))
    name = law.domains[own]
    line = _line(fit, k, paths[own], None, (paths[own][:, own], "kept"))
    mine = _some(np.stack([runs.mixtures[:, own], runs.losses[:, k]], axis=1))
    names = Names(f"Loss of {target} over the share of {name}", f"share of {name}", "loss")
    key = (("kept", "others as in the mean mixture"), ("soft", "runs"))
    return Plot(target, curves(names, [line], [Point(x, y, "soft") for x, y in mine.tolist()]), key)


def _path(mixtures: Numbers, at: int) -> Numbers:
    mean = mixtures.mean(axis=0)
    shares = np.linspace(mixtures[:, at].min(), mixtures[:, at].max(), _N_X)
    rest = 1 - mean[at]
    others = np.where(rest > 0, mean / (rest or 1), 1 / max(len(mean) - 1, 1))
    path = np.outer(1 - shares, others)
    path[:, at] = shares
    return np.asarray(path / path.sum(axis=1, keepdims=True))


def _line(fit: MixtureFit, k: int, mixtures: Numbers, steps: Numbers | None, drawn: tuple[Numbers, str]) -> Line:
    xs, colour = drawn
    ends = fit.law.band(mixtures, steps)
    low, high = ([], []) if ends is None else (ends[0][:, k].tolist(), ends[1][:, k].tolist())
    return Line(xs.tolist(), fit.law.predict(mixtures, steps)[:, k].tolist(), colour, low, high)


def _over_compute(fit: ScaleFit) -> Plot:
    """Draw loss over compute: the fewest and the most tokens per parameter of the runs, and the best there are."""
    runs = fit.runs
    compute = np.geomspace(runs.compute.min(), runs.compute.max(), _N_X)
    asked = [
        (f"{number(m)} tokens per parameter", colour, np.sqrt(compute / (6 * m)))
        for m, colour in zip(dict.fromkeys((runs.multipliers.min(), runs.multipliers.max())), _COLOURS, strict=False)
    ]
    asked += _best_sizes(fit, compute)
    lines = [_size_line(fit, (compute, n), colour) for _, colour, n in asked]
    dots = [Point(x, y, "soft") for x, y in _some(np.stack([runs.compute, runs.losses], axis=1)).tolist()]
    names = Names("Loss over compute", "compute of training (FLOP)", "loss", is_log=True)
    key = (*((colour, told) for told, colour, _ in asked), ("soft", "runs"))
    return Plot("Loss over compute", curves(names, lines[::-1], dots), key)


def _best_sizes(fit: ScaleFit, compute: Numbers) -> Sequence[tuple[str, str, Numbers]]:
    best = best_multiplier(fit.law)
    if best is not None:
        return [(f"M* = {number(best)} tokens per parameter, the best", "good", np.sqrt(compute / (6 * best)))]
    try:
        sizes = fit.law.best_size(compute)[0] if isinstance(fit.law, Chinchilla) else None
    except RecipeError:
        sizes = None
    return [] if sizes is None else [("the best size", "good", sizes)]


def _size_line(fit: ScaleFit, sizes: tuple[Numbers, Numbers], colour: str) -> Line:
    compute, parameters = sizes
    asked = (parameters, compute / (6 * parameters))
    ends = fit.law.band(*asked)
    low, high = ([], []) if ends is None else (ends[0].tolist(), ends[1].tolist())
    return Line(compute.tolist(), fit.law.predict(*asked).tolist(), colour, low, high, colour == "good")


def _over_loss(fit: ScaleFit) -> Plot:
    """Draw error over loss, of fitted runs."""
    runs = fit.runs
    xs = np.linspace(runs.losses.min(), runs.losses.max(), _N_X)
    ys, ends = np.zeros_like(xs), None
    if fit.error_law:
        ys, ends = fit.error_law.predict(xs), fit.error_law.band(xs)
    low, high = ([], []) if ends is None else (ends[0].tolist(), ends[1].tolist())
    pairs = _some(np.stack([runs.losses, np.asarray(runs.errors)], axis=1))
    names = Names("Error over loss", "measured loss", "average error")
    line = Line(xs.tolist(), ys.tolist(), "kept", low, high)
    key = (("kept", "the law"), ("soft", "runs"))
    return Plot("Error over loss", curves(names, [line], [Point(x, y, "soft") for x, y in pairs.tolist()]), key)
