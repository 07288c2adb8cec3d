"""Laws of loss: how long a fit with a thousand bootstrap draws takes, and how near published numbers are met."""

import time
from collections.abc import Callable, Iterator

import numpy as np
from threadpoolctl import threadpool_limits

from tests.bench.measure import leg
from tests.transforms.laws import test_bimix, test_chinchilla, test_exponential, test_optimum, test_overtraining
from transforms.laws.bimix import fit_bimix
from transforms.laws.chinchilla import fit_chinchilla
from transforms.laws.error_law import fit_error_law
from transforms.laws.exponential import fit_exponential
from transforms.laws.extrapolation import extrapolated
from transforms.laws.fitted import Intervals
from transforms.laws.overtraining import fit_overtraining
from transforms.laws.runs import MixtureRuns

_DRAWS = Intervals(n_draws=1000)
_FITS = 500

Told = Iterator[tuple[str, str, str]]
"""What it is, what is asked, what came out."""


def law_legs() -> list[dict]:  # type: ignore[type-arg]
    """Fit each law with a thousand draws, once."""
    fits: dict[str, Callable[[], object]] = {
        "bimix, 3 domains": lambda: fit_bimix(test_bimix.runs_of(0.005), _DRAWS),
        "bimix, 22 domains": lambda: fit_bimix(test_bimix.runs_of_22(), _DRAWS),
        "exponential, 5 domains": lambda: fit_exponential(_exponential(), _DRAWS),
        "chinchilla": lambda: fit_chinchilla(test_chinchilla.models(0.01), _DRAWS),
        "overtraining": lambda: fit_overtraining(_models(), _DRAWS),
    }
    rows = []
    for name, fit in fits.items():
        started = time.perf_counter()
        with threadpool_limits(1, user_api="blas"):  # as the command does
            fit()
        rows.append(leg(f"law, 1,000 draws: {name}", _DRAWS.n_draws, 0, time.perf_counter() - started))
    return rows


def truths() -> Told:
    """Tell what is published beside what comes out; what needs data that is not at hand is left out."""
    yield from _recovered()
    if test_overtraining.RUNS.exists():
        yield from _of_104_models()
    yield from _of_regmix()


def _recovered() -> Told:
    found = fit_bimix(test_bimix.runs_of()).coefficients
    off = np.abs(found / test_bimix.TRUTH - 1).max()
    yield "BiMix, no noise: coefficients, largest relative error", "1e-6", f"{off:.1e}"
    shares = test_bimix.covered(_FITS)
    yield f"BiMix, 0.5 % noise: coverage over {_FITS} draws", "95 ± 3 %", f"{shares.min():.1%} to {shares.max():.1%}"
    best, grid = test_optimum.LAW.best(steps=5e4), test_optimum.GRID[(test_optimum.GRID > 0).all(axis=1)]
    least = grid[test_optimum.LAW.predict(grid, 5e4).sum(axis=1).argmin()]
    off = np.abs(best.mixture - least).max()
    yield "best mixture beside a grid's, largest difference", "1/400, the grid's step", f"{off:.4f}"


def _of_104_models() -> Told:
    for (train_set, size), (loss, error) in test_overtraining.OFF.items():
        runs, five, six = test_overtraining.models(train_set)
        law, errors = fit_overtraining(runs.where(five)), fit_error_law(runs.where(six))
        [row] = [one for one in extrapolated(law, runs.where(~six), errors) if f"open_lm_{size}" in one.name]
        asked, told = f"{loss:.2%}, {error:.2%}", f"{row.loss_off:.3%}, {row.error_off:.3%}"
        yield f"104 models, {train_set} {size}: relative error of loss, of error", asked, told


def _of_regmix() -> Told:
    from tests.transforms.laws import test_regmix
    from transforms.laws.regmix import fit_regmix

    if not test_regmix.FILES.exists():
        return
    train, test = (test_regmix.only(test_regmix.runs_of(part), "pile_cc") for part in ("train", "test"))
    [theirs], [honest] = (test_regmix.ranks(fit_regmix(train, stop_on=stop), test) for stop in (test, None))
    yield "RegMix, Pile-CC: Spearman × 100, stopped on the test set", "98.9 ± 0.2", f"{theirs:.2f}"
    yield "the same, without a look at the test set", "beside", f"{honest:.2f}"


def _exponential() -> MixtureRuns:
    law, mixtures = test_exponential.LAW, test_exponential.MIXTURES
    noise = 0.005 * np.random.default_rng(0).standard_normal((len(mixtures), len(test_exponential.DOMAINS)))
    return MixtureRuns(
        test_exponential.DOMAINS, test_exponential.DOMAINS, mixtures, law.predict(mixtures) * (1 + noise)
    )


def _models():  # type: ignore[no-untyped-def]
    return test_overtraining.models_of(next(iter(test_overtraining.PUBLISHED.values())), 0.005)
