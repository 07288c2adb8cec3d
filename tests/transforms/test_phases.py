"""Schedules: what they ask of each source in each phase, to the token, and what they may not ask."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import RecipeError
from schemas.schedule import Schedule
from schemas.toml_file import checked, parsed
from transforms.phases import budgets, parts_of, require_enough, without

DOMAINS = 'domains = { by = "language" }'
# Nguyen et al. 2024 (arXiv 2406.03476): 1T tokens, the last fifth with another mixture.
UPSAMPLED = """
name = "upsampled"
tokens = 1_000_000_000_000
domains = { by = "hosts", hosts = { code = ["github.com"] } }
phases = [
  { name = "base", share = 0.8, mix = { large = 0.3435, small = 0.3670, domains = 0.0717, code = 0.2178 } },
  { name = "end", share = 0.2, mix = { large = 0.0, small = 0.30, domains = 0.35, code = 0.35 } },
]
"""


def schedule(text):
    return checked(parsed(text, "s.toml"), Schedule, "s.toml")


def two(a="{ x = 0.5, y = 0.5 }", b="{ x = 1.0 }", more=""):
    phases = f'{{ name = "a", tokens = 100, mix = {a} }}, {{ name = "b", tokens = 10, mix = {b} }}'
    return schedule(f'name = "s"\n{DOMAINS}\n{more}\nphases = [{phases}]')


def asked(one):
    told = Counter()
    for part in parts_of(one):
        told[part.source] += part.n_tokens
    return told


def test_tokens_of_sources_are_those_of_the_paper():
    told = asked(schedule(UPSAMPLED))
    billions = {source: round(n / 1e9, 1) for source, n in told.items()}
    assert billions == {"large": 274.8, "small": 353.6, "domains": 127.4, "code": 244.2}
    assert sum(told.values()) == 10**12


def test_a_source_goes_on_where_the_phase_before_left_it():
    told = [(part.phase, part.source, part.begins, part.ends) for part in parts_of(two())]
    assert told == [("a", "x", 0, 50), ("a", "y", 0, 50), ("b", "x", 50, 60)]


@given(
    st.lists(st.integers(0, 1000), min_size=1, max_size=6).filter(any),
    st.lists(st.integers(1, 10**13), min_size=1, max_size=4),
)
def test_what_is_shared_out_comes_to_the_budget_and_is_off_by_less_than_a_token(weights, tokens):
    mix = {f"s{i}": weight / sum(weights) for i, weight in enumerate(weights)}
    phases = [{"name": f"p{i}", "tokens": n, "mix": mix} for i, n in enumerate(tokens)]
    one = checked({"name": "s", "domains": {"by": "crawl"}, "phases": phases}, Schedule, "s.toml")
    for number, budget in enumerate(tokens):
        mine = [part for part in parts_of(one) if part.phase_number == number]
        assert sum(part.n_tokens for part in mine) == budget
        assert all(abs(part.n_tokens - part.proportion * budget) < 1 + budget * 1e-9 for part in mine)
        assert all(part.n_tokens == 0 for part in mine if part.proportion == 0)


def test_shares_of_a_budget_come_to_all_of_it():
    thirds = ", ".join(f'{{ name = "p{i}", share = {1 / 3!r}, mix = {{ x = 1.0 }} }}' for i in range(3))
    assert sum(budgets(schedule(f'name = "s"\ntokens = 100\n{DOMAINS}\nphases = [{thirds}]'))) == 100


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{ x = 0.5, y = 0.6 }", "phases[0].mix: proportions come to 1.1; allowed: 1, within 1e-06"),
        ("{ x = 1.5, y = -0.5 }", "phases[0].mix.x: given 1.5; input should be less than or equal to 1"),
        ("{ x = 1.0, y = nan }", "phases[0].mix.y: given nan; input should be less than or equal to 1"),
        ("{ x = 0.999998 }", "phases[0].mix: proportions come to 0.999998; allowed: 1, within 1e-06"),
        ("{}", "phases[0].mix: given {}; dictionary should have at least 1 item after validation, not 0"),
    ],
)
def test_a_mixture_that_is_none_is_one_line(text, said):
    with pytest.raises(RecipeError) as told:
        two(text)
    assert str(told.value).splitlines()[0] == f"s.toml: {said}"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("tokens = 5", "phases[0]: the schedule has a budget, so allowed: 'share', without 'tokens'"),
        ("epochs = { z = 2.0 }", "epochs.z: no phase has this source; allowed: x, y"),
        ("max_epochs = 0.0", "max_epochs: given 0.0; input should be greater than 0"),
        ("epoch = 3", "unknown key 'epoch' (did you mean 'epochs'?)"),
    ],
)
def test_a_schedule_that_does_not_fit_is_one_line(more, said):
    with pytest.raises(RecipeError, match=r"s\.toml: ") as told:
        two(more=more)
    assert said in str(told.value)


def test_phases_have_names_of_their_own():
    with pytest.raises(RecipeError, match="phases: two are called 'a'"):
        schedule(f'name = "s"\n{DOMAINS}\nphases = [' + '{ name = "a", tokens = 1, mix = { x = 1.0 } },' * 2 + "]")


def test_shares_come_to_one():
    with pytest.raises(RecipeError, match=r"phases: shares come to 0\.9; allowed: 1"):
        schedule('name = "s"\ntokens = 9\n' + DOMAINS + '\nphases = [{ name = "a", share = 0.9, mix = { x = 1.0 } }]')


class TestEnough:
    def test_as_much_as_is_allowed_is_enough(self):
        one = two(more="max_epochs = 2.0\nepochs = { y = 1.0 }")
        require_enough(parts_of(one), {"x": 30, "y": 50}, one, "s.toml")

    def test_a_source_that_is_short_says_by_how_much(self):
        one = two(more="max_epochs = 1.5\nepochs = { y = 0.5 }")
        with pytest.raises(RecipeError) as told:
            require_enough(parts_of(one), {"x": 30, "y": 50}, one, "s.toml")
        assert str(told.value).splitlines() == [
            "s.toml: source 'x' is 15 tokens short: 60 are asked, 2.00 epochs of its 30; allowed: 1.5 (max_epochs, or "
            "epochs.x); ask for less of it, or allow more",
            "s.toml: source 'y' is 25 tokens short: 50 are asked, 1.00 epochs of its 50; allowed: 0.5 (max_epochs, or "
            "epochs.y); ask for less of it, or allow more",
        ]

    def test_a_source_that_is_not_there_is_named_also_where_nothing_is_asked_of_it(self):
        one = two(b="{ x = 1.0, z = 0.0 }")
        with pytest.raises(RecipeError, match=r"phases\[1\]\.mix\.z: no such source in the snapshot; allowed: x, y$"):
            require_enough(parts_of(one), {"x": 100, "y": 50}, one, "s.toml")


class TestRemovalProbe:
    def test_the_others_share_its_tokens_in_their_proportions(self):
        one = schedule(UPSAMPLED)
        probe = without(one, "domains")
        assert probe.phases[1].mix == pytest.approx({"large": 0, "small": 6 / 13, "code": 7 / 13})
        assert sum(asked(probe).values()) == sum(asked(one).values())
        assert (probe.name, "domains" in probe.sources) == ("upsampled-without-domains", False)

    def test_a_phase_must_have_another_source(self):
        with pytest.raises(RecipeError, match="phase 'b' has only 'x'"):
            without(two(), "x")

    def test_a_source_that_no_phase_has_is_one_line(self):
        with pytest.raises(RecipeError, match="--without: given 'z'; allowed: x, y"):
            without(two(), "z")
