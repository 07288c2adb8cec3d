"""Benchmarks: what the published one fixes, and what a file of one's own may not say."""

import pytest

from schemas.benchmark import Benchmark
from schemas.errors import RecipeError
from schemas.toml_file import checked, load_shape, parsed
from tests.conftest import ROOT

DCLM = ROOT / "conf" / "evaluation" / "dclm.toml"
SMALL = """
name = "b"
version = "v1"
core = ["x"]
[scales]
s = { params = 10, pool_tokens = 1000 }
[baselines.v1]
x = 25
y = 0
"""


def read(*changes):
    text = SMALL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return checked(parsed(text, "b.toml"), Benchmark, "b.toml")


def test_every_benchmark_that_comes_along_is_one():
    files = sorted(DCLM.parent.glob("*.toml"))
    assert {file.stem for file in files} == {load_shape(file, Benchmark).name for file in files} >= {"dclm"}


def test_dclm_has_53_tasks_of_which_22_are_core():
    dclm = load_shape(DCLM, Benchmark)
    assert (len(dclm.tasks), len(dclm.core), dclm.version) == (53, 22, "v2")
    assert set(dclm.baselines) == {"v1", "v2"}
    v1, v2 = dclm.baselines_of("v1"), dclm.baselines_of()
    differ = {task: (v1[task], v2[task]) for task in dclm.tasks if v1[task] != v2[task]}
    assert len(differ) == 12
    assert differ["siqa"] == (33.3, 50)
    assert differ["commonsense_qa"] == (20, 40.3)
    assert differ["bigbench_language_identification"] == (9.1, 25)
    assert v1["boolq"] == v2["boolq"] == 62


def test_a_version_that_is_not_there_names_those_that_are():
    with pytest.raises(RecipeError, match=r"^--baselines: given 'v3'; allowed by dclm: v1, v2$"):
        load_shape(DCLM, Benchmark).baselines_of("v3")


def test_a_scale_trains_on_20_tokens_a_parameter():
    assert read().scales["s"].tokens == 200
    assert read(("params = 10", "params = 10, multiplier = 0.5")).scales["s"].tokens == 100


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (('"v1"', '"v2"'), "b.toml: version: given 'v2'; allowed, by [baselines]: v1"),
        (('["x"]', '["x", "z"]'), "b.toml: core: z has no baseline"),
        (('["x"]', '["x", "x"]'), "b.toml: core: a task stands twice; allowed: once"),
        (
            ("y = 0", "y = 0\n[baselines.v2]\nx = 1"),
            "b.toml: baselines.v2: y is in one version only; allowed: the same",
        ),
        (("y = 0", "y = 100"), "b.toml: baselines.v1.y: given 100; input should be less than 100"),
        (("x = 25", "x = -1"), "b.toml: baselines.v1.x: given -1; input should be greater than or equal to 0"),
        (("params = 10", "params = 0"), "b.toml: scales.s.params: given 0; input should be greater than or equal to 1"),
        (("params = 10", "param = 10"), "b.toml: scales.s: unknown key 'param' (did you mean 'params'?)"),
    ],
)
def test_what_does_not_fit_together_is_one_line(change, line):
    with pytest.raises(RecipeError) as told:
        read(change)
    assert str(told.value).startswith(line)
    assert "\n" not in str(told.value)
