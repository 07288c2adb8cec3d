"""The schedules that come along can be used as they are."""

import pytest

from jobs import mix
from schemas.errors import RecipeError
from schemas.schedule import Schedule
from schemas.toml_file import load_shape
from tests.conftest import ROOT
from transforms.phases import budgets, parts_of

SCHEDULES = sorted((ROOT / "conf" / "mixtures").glob("*.toml"))


@pytest.mark.parametrize("path", SCHEDULES, ids=lambda path: path.stem)
def test_each_is_valid_and_shares_its_budget_out(path):
    schedule = load_shape(path, Schedule)
    assert sum(budgets(schedule)) == sum(part.n_tokens for part in parts_of(schedule)) == schedule.tokens


def test_a_schedule_without_phases_says_domains_but_is_no_mixture(tmp_path):
    path = tmp_path / "s.toml"
    (tmp_path / "tables").mkdir()
    path.write_text('name = "s"\ntokens = 10\n[domains]\nby = "language"\n[entropies]\nshare = 0.5\n')
    assert load_shape(path, Schedule).entropies.share == 0.5
    with pytest.raises(RecipeError, match=r"s.toml: phases: given none; allowed: \[\[phases\]\], one or more"):
        mix.command(str(path), "tiny", str(tmp_path))


@pytest.mark.parametrize(("name", "share"), [("domain_upsampling_10", 0.1), ("domain_upsampling_20", 0.2)])
def test_the_presets_change_the_mixture_at_the_end(name, share):
    schedule = load_shape(ROOT / "conf" / "mixtures" / f"{name}.toml", Schedule)
    assert [phase.share for phase in schedule.phases] == [1 - share, share]
    assert schedule.phases[1].mix["large_scale_web"] == 0.0
