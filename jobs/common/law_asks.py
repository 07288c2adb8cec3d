"""What ``sluice laws predict`` and ``optimise`` ask of a law, and what it answers, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from jobs.common.law_mixtures import Asked
from schemas.errors import RecipeError
from transforms.fields import Row
from transforms.laws.bounds import Supply, bounds_of
from transforms.laws.curves import Numbers
from transforms.laws.error_law import ErrorLaw
from transforms.laws.mixture_law import Best, MixtureLaw, weights_of
from transforms.laws.scale_law import ScaleLaw
from transforms.laws.stored import ERROR

BEST = "best"


@dataclass(frozen=True)
class Wanted:
    """What an optimal mixture is to be.

    Attributes:
        steps: After which, where the law knows steps.
        lower: Domain → least proportion.
        upper: Domain → greatest proportion.
        supply: How much text there is.
        weights: Target → weight; none: 1 each.
    """

    steps: float | None = None
    lower: Mapping[str, float] = field(default_factory=dict)
    upper: Mapping[str, float] = field(default_factory=dict)
    supply: Supply | None = None
    weights: Mapping[str, float] = field(default_factory=dict)


def mixture_rows(law: MixtureLaw, asked: Asked) -> list[Row]:
    """Predict losses of mixtures; gives name, mixture, steps and losses, each with its interval, of each.

    Raises:
        RecipeError: steps are missing or not asked for, or a proportion of 0 whose loss is infinite.
    """
    told, ends = law.predict(asked.mixtures, asked.steps), law.band(asked.mixtures, asked.steps)
    low, high = ends if ends else (np.full_like(told, np.nan),) * 2
    steps = np.broadcast_to(np.nan if asked.steps is None else asked.steps, len(told))
    return [
        {
            "name": name,
            "mixture": dict(zip(law.domains, asked.mixtures[n].tolist(), strict=True)),
            "steps": None if asked.steps is None else float(steps[n]),
            "losses": {t: _interval(told[n, k], low[n, k], high[n, k]) for k, t in enumerate(law.targets)},
        }
        for n, name in enumerate(asked.names)
    ]


def size_rows(law: ScaleLaw, error: ErrorLaw | None, models: tuple[tuple[str, ...], Numbers, Numbers]) -> list[Row]:
    """Predict losses of models, given as names, parameters and tokens, and errors where the law of them is there.

    An error's interval is that of the law of error alone, at the predicted loss.
    """
    names, parameters, tokens = models
    told, ends = law.predict(parameters, tokens), law.band(parameters, tokens)
    low, high = ends if ends else (np.full_like(told, np.nan),) * 2
    errors, around = (error.predict(told), error.band(told)) if error else (None, None)
    rows: list[Row] = []
    for n, name in enumerate(names):
        losses = {"loss": _interval(told[n], low[n], high[n])}
        if errors is not None and around is not None:
            losses[ERROR] = _interval(errors[n], around[0][n], around[1][n])
        rows.append({"name": name, "parameters": float(parameters[n]), "tokens": float(tokens[n]), "losses": losses})
    return rows


def optimum(law: MixtureLaw, wanted: Wanted, beside: Asked | None, origin: str) -> Row:
    """Find the best mixture, and hold others beside it.

    Args:
        law: Of mixtures.
        wanted: Bounds and weights.
        beside: Other mixtures.
        origin: Their file, for messages.

    Returns:
        domains, targets, steps, weights · mixtures: rows as of ``mixture_rows`` with ``total``, the weighted sum of
        losses; the best one first.

    Raises:
        RecipeError: bounds that hold no mixture, unknown names, or a mixture whose loss is infinite.
    """
    weights = dict(wanted.weights) or None
    best = law.best(bounds_of(law.domains, wanted.lower, wanted.upper, wanted.supply), weights, wanted.steps)
    rows = [_best_row(law, best, wanted.steps)]
    for n, name in enumerate(beside.names if beside else ()):
        one = Asked((name,), beside.mixtures[n : n + 1], wanted.steps) if beside else None
        rows += _rows_of(law, one, f"{origin}, {name}") if one else []
    counted = dict(zip(law.targets, weights_of(law.targets, weights).tolist(), strict=True))
    for row in rows:
        row["total"] = sum(weight * row["losses"][t]["value"] for t, weight in counted.items() if weight)
    told = {"domains": list(law.domains), "targets": list(law.targets), "steps": wanted.steps}
    return told | {"weights": counted, "mixtures": rows}


def _best_row(law: MixtureLaw, best: Best, steps: float | None) -> Row:
    """Give the row of the best mixture; where a domain whose loss weighs nothing gets nothing, without intervals."""
    try:
        [row] = mixture_rows(law, Asked((BEST,), best.mixture[None], steps))
    except RecipeError:
        losses = {t: _interval(loss, np.nan, np.nan) for t, loss in zip(best.targets, best.losses, strict=True)}
        mixture = dict(zip(best.domains, best.mixture.tolist(), strict=True))
        row = {"name": BEST, "mixture": mixture, "steps": steps, "losses": losses}
    return row


def _rows_of(law: MixtureLaw, asked: Asked, where: str) -> list[Row]:
    try:
        return mixture_rows(law, asked)
    except RecipeError as error:
        raise RecipeError(f"{where}: {error}") from None


def _interval(value: float, low: float, high: float) -> Row:
    return {"value": float(value), "low": float(low), "high": float(high)}
