"""Gradient-boosted trees by LightGBM, which is the extra ``laws``: grown until runs that are held out gain no more."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from schemas.errors import RecipeError
from transforms.laws.curves import Numbers

Points = tuple[Numbers, Numbers]
"""Mixtures (n, m) and one loss of each (n,)."""


@dataclass(frozen=True)
class Growing:
    """How trees are grown; the defaults are those of RegMix's authors, who hold out the test set.

    Attributes:
        n_trees: At most.
        rate: Of learning.
        patience: Trees without gain on the held-out runs after which growing stops.
        held_out: Share of the runs that decides it, where no other runs do; above 0, below 1.
        seed: Of the draw of these, and LightGBM's.

    Raises:
        RecipeError: one is out of its range.
    """

    n_trees: int = 1000
    rate: float = 0.01
    patience: int = 3
    held_out: float = 0.2
    seed: int = 42

    def __post_init__(self) -> None:
        """Check the ranges."""
        for name in ("rate", "held_out"):
            if not 0 < getattr(self, name) < 1:
                raise RecipeError(f"regmix, {name}: given {getattr(self, name)}; allowed: above 0, below 1")
        for name in ("n_trees", "patience"):
            if getattr(self, name) < 1:
                raise RecipeError(f"regmix, {name}: given {getattr(self, name)}; allowed: 1 or more")


def grown(points: Points, growing: Growing, stop_on: Points | None = None) -> Any:
    """Grow trees for one loss; one thread and LightGBM's own determinism: the same points give the same trees.

    Args:
        points: To learn from.
        growing: How.
        stop_on: Points that decide how many trees there are. Without them a share of ``points`` decides, drawn by the
            seed, and then so many trees are grown on all of them.

    Returns:
        A ``lightgbm.Booster``.

    Raises:
        RecipeError: LightGBM cannot be loaded.
    """
    if stop_on is not None:
        return _boosted(points, growing, growing.n_trees, stop_on)
    mixtures, losses = points
    order = np.random.default_rng(growing.seed).permutation(len(losses))
    out, rest = np.split(order, [max(1, round(len(losses) * growing.held_out))])
    stopped = _boosted((mixtures[rest], losses[rest]), growing, growing.n_trees, (mixtures[out], losses[out]))
    return _boosted(points, growing, max(stopped.best_iteration, 1))


def predicted(trees: Any, mixtures: Numbers) -> Numbers:
    """Give the losses, (n,), that a booster predicts for mixtures, (n, m)."""
    return np.asarray(trees.predict(mixtures, num_threads=1), np.float64)


def _boosted(points: Points, growing: Growing, n_trees: int, stop_on: Points | None = None) -> Any:
    lightgbm = _lightgbm()
    known = {"objective": "regression", "metric": ["l1", "l2"], "learning_rate": growing.rate, "seed": growing.seed}
    known |= {"deterministic": True, "force_row_wise": True, "num_threads": 1, "verbosity": -1}
    data = lightgbm.Dataset(*points)
    if stop_on is None:
        return lightgbm.train(known, data, n_trees)
    held_out = lightgbm.Dataset(*stop_on, reference=data)
    stopping = lightgbm.early_stopping(growing.patience, verbose=False)
    return lightgbm.train(known, data, n_trees, valid_sets=[held_out], callbacks=[stopping])


def _lightgbm() -> Any:
    """Import LightGBM late: it is an extra."""
    try:
        import lightgbm
    except (ImportError, OSError) as error:  # OSError: its library misses another one, as libgomp
        told = f"law regmix: LightGBM cannot be loaded ({error}); run: pip install 'crawlsluice[laws]'"
        raise RecipeError(told) from error
    return lightgbm
