"""A whole search among pairs of known similarity: what is found at each step, and what the search says of itself."""

from collections import Counter

import pytest

from jobs import dedup, measure
from schemas.searches import NEAR_SEARCHES
from schemas.tables import DUPLICATES
from tests.jobs.texts import write
from tests.transforms.text.shingled import STEPS, alike
from tests.transforms.text.test_curve_truth import FOUR_SIGMA, tails
from transforms.text.lsh_curve import collision_chance

pytestmark = [pytest.mark.spark, pytest.mark.slow]

RECIPE = """
name = "r"
crawl = "c"
[[steps]]
name = "size"
kind = "measure"
families = []
[[steps]]
name = "near"
kind = "dedup"
method = "near"
[steps.near]
bands = {bands}
rows = {rows}
min_similarity = 0.7
recall_sample = 600
"""
N_PAIRS = 100
"""Of each step."""


@pytest.mark.parametrize(("bands", "rows"), [(14, 8), (4, 6)])
def test_recall_and_precision_of_every_step_are_those_of_the_curve(open_at, tmp_path, bands, rows):
    (tmp_path / "r.toml").write_text(RECIPE.format(bands=bands, rows=rows))
    context = open_at(recipe=tmp_path / "r.toml")
    pairs = {(step, k): alike(step, 5, f"{step}y{k}") for step in STEPS for k in range(N_PAIRS)}
    texts = [
        (f"{step}-{k}-{end}", text) for (step, k), pair in pairs.items() for end, text in zip("ab", pair, strict=True)
    ]
    write(context, [(name, f"http://{name}.example/", text) for name, text in texts])
    measure.run(context)
    dedup.run(context, context.recipe.dedup_steps()[0])

    removed = context.warehouse.read(DUPLICATES).select("doc_id", "survivor_id").collect()
    assert all(row["doc_id"][:-1] == row["survivor_id"][:-1] for row in removed), "twins only: precision is 1"
    n_found = Counter(float(row["doc_id"].split("-")[0]) for row in removed)
    assert min(n_found) == 0.7
    near = [step for step in STEPS if step >= 0.7]
    chances = {step: float(collision_chance(step, bands, rows)) for step in near}
    assert all(min(tails(n_found[step], N_PAIRS, chances[step])) > FOUR_SIGMA for step in near), n_found

    [row] = context.warehouse.read(NEAR_SEARCHES).collect()
    assert row["n_near"] == sum(n_found[step] for step in near if step < 1)
    assert row["n_signed"] - row["n_sets"] == n_found[1.0] == N_PAIRS
    # Of different sets: all steps but the last.
    recall = sum(n_found[step] for step in near[:-1]) / N_PAIRS / len(near[:-1])
    promise = sum(chances[step] for step in near[:-1]) / len(near[:-1])
    assert row["recall_low"] < recall < row["recall_high"]
    assert row["recall_low"] < promise < row["recall_high"]
    assert row["n_found_pairs"] < row["n_true_pairs"]
