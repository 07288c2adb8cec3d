"""What is written beside a trained model: ``card.json`` for programs, ``card.html`` for people, complete in itself."""

import json
import math
from importlib.resources import files as package_files
from typing import Any

import numpy as np
import numpy.typing as npt
from jinja2 import Environment, StrictUndefined

from transforms.model_metrics import Scored

Card = dict[str, Any]
_N_BARS = 20
_N_POINTS = 200


def to_json(card: Card) -> str:
    """Write a card as JSON; what is not a number is null."""
    return json.dumps(_finite(card), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def to_html(card: Card, held_out: Scored) -> str:
    """Fill the template; every value is escaped.

    Args:
        card: As ``jobs.train`` makes it.
        held_out: The scores of which its plots are drawn.
    """
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["count"] = lambda value: f"{value:,}"
    environment.filters["number"] = lambda value: "–" if value is None or not math.isfinite(value) else f"{value:.4g}"
    template = package_files("jobs.common").joinpath("model_card.html.j2").read_text(encoding="utf-8")
    bars, curve = histogram(held_out), roc_points(held_out)
    settings = json.dumps(card["settings"], indent=2, ensure_ascii=False)
    return environment.from_string(template).render(card=card, bars=bars, curve=curve, settings=settings)


def histogram(held_out: Scored) -> list[dict[str, Any]]:
    """Count held-out texts of each class by score, with heights as shares of the class's highest bar."""
    edges = np.linspace(0.0, 1.0, _N_BARS + 1)
    both = [np.histogram(held_out.scores[rows], edges)[0] for rows in (held_out.is_positive, ~held_out.is_positive)]
    tops = [max(1, counts.max()) for counts in both]
    return [
        {
            "low": float(edges[i]),
            "high": float(edges[i + 1]),
            "n_positive": int(both[0][i]),
            "n_negative": int(both[1][i]),
            "positive_height": float(both[0][i] / tops[0]),
            "negative_height": float(both[1][i] / tops[1]),
        }
        for i in range(_N_BARS)
    ]


def roc_points(held_out: Scored) -> list[tuple[float, float]]:
    """Give points (false positive rate, true positive rate), from (0, 0) to (1, 1); texts of one score are one step."""
    order = np.argsort(-held_out.scores, kind="stable")
    is_last = np.append(np.diff(held_out.scores[order]) != 0, True)
    rates = [_rate(held_out.is_positive[order] == value)[is_last] for value in (False, True)]
    kept = np.unique(np.linspace(0, len(rates[0]) - 1, _N_POINTS).astype(np.int64))
    return [(0.0, 0.0), *zip(rates[0][kept].tolist(), rates[1][kept].tolist(), strict=True)]


def _rate(rows: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    reached = np.cumsum(rows)
    rate: npt.NDArray[np.float64] = reached / max(1, reached[-1])
    return rate


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
