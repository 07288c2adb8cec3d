"""Laws by name: every one is fitted and asked in the same way, from a table."""

import numpy as np
import pytest

from schemas.errors import RecipeError
from transforms.laws.bimix import BiMix
from transforms.laws.choice import LAWS, law_named
from transforms.laws.fitted import Intervals
from transforms.laws.overtraining import Overtraining
from transforms.laws.table import Columns, mixture_runs, scale_runs

TRUTH = BiMix(("web", "books"), ("web", "books"), np.array([[0.065, 139, 0.58, 1.592], [0.0408, 547, 0.547, 2.265]]))


def mixture_table(steps):
    shares = np.tile(np.linspace(0.05, 0.95, 60), len(steps))
    after = np.repeat(steps, 60)
    losses = TRUTH.predict(np.stack([shares, 1 - shares], axis=1), after)
    losses *= 1 + 0.002 * np.random.default_rng(0).standard_normal(losses.shape)
    table = {"mix_web": shares, "mix_books": 1 - shares, "loss_web": losses[:, 0], "loss_books": losses[:, 1]}
    return table | ({"steps": after} if len(steps) > 1 else {})


SIZED = Overtraining(141.3, 189.5, 0.1212, 1.508)


def scale_table():
    n = np.repeat([1e7, 1e8, 1e9], 4)
    d = n * np.tile([5, 20, 80, 320], 3)
    off = 1 + 0.001 * np.random.default_rng(0).standard_normal(12)
    return {"parameters": n, "tokens": d, "loss": SIZED.predict(n, d) * off}


def test_the_laws_are_these():
    assert list(LAWS) == ["bimix", "exponential", "regmix", "overtraining", "chinchilla"]
    with pytest.raises(RecipeError, match="law: given linear; allowed: bimix, exponential, regmix, overtraining, chin"):
        law_named("linear")


@pytest.mark.parametrize("name", [name for name, choice in LAWS.items() if choice.kind == "mixture"])
def test_every_law_of_mixtures_predicts_and_finds_a_best_one(name):
    if name == "regmix":
        pytest.importorskip("lightgbm", reason="LightGBM is the extra `laws`", exc_type=(ImportError, OSError))
    choice = law_named(name)
    table = mixture_table([1e4, 3e4, 1e5] if "steps" in choice.needs else [3e4])
    assert all(getattr(Columns(), field) for field in choice.needs)
    law = choice.fit(mixture_runs(table), Intervals())
    steps = 3e4 if law.knows_steps else None
    asked = np.array([[0.4, 0.6]])
    assert law.predict(asked, steps) == pytest.approx(TRUTH.predict(asked, 3e4), rel=0.01)
    best = law.best(steps=steps)
    assert best.mixture == pytest.approx(TRUTH.best(steps=3e4).mixture, abs=0.15)
    band = law.band(asked, steps)
    if band is None:
        assert law.fits == ()
    else:
        assert (band[0] < law.predict(asked, steps)).all()
        assert (band[1] > law.predict(asked, steps)).all()
        assert [fit.n_points for fit in law.fits] == [len(table["mix_web"])] * 2


@pytest.mark.parametrize("name", [name for name, choice in LAWS.items() if choice.kind == "scale"])
def test_every_law_of_scale_predicts(name):
    choice = law_named(name)
    assert set(choice.needs) <= set(scale_table())
    law = choice.fit(scale_runs(scale_table()), Intervals())
    low, high = law.band(1e9, 2e10)
    [told] = law.predict(1e9, 2e10)
    assert low < told < high
    assert told == pytest.approx(SIZED.predict(1e9, 2e10)[0], rel=0.005)
