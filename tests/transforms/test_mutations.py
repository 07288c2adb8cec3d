"""Wounded crawl files of every layout: nothing is lost in silence, and what is untouched comes out.

Two seconds for the 504 files; the 100,000 of the slow test take four minutes on two cores.
"""

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from tests.transforms.mutations import LAYOUTS, Tally, check

FIRST_SEED = int(os.environ.get("SLUICE_MUTATIONS_FROM", "0"))  # where to go on after a failure
N_SLOW = int(os.environ.get("SLUICE_MUTATIONS", "100000"))
STEP = 250


def many(layout: str, first: int, n: int) -> Tally:
    """Check ``n`` files of a layout, from seed ``first`` on."""
    total = Tally()
    for seed in range(first, first + n):
        total += check(layout, seed)
    return total


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_wounded_file_gives_every_untouched_record_and_accounts_for_every_byte(layout):
    total = many(layout, 0, 56)
    assert total.files == 56
    assert total.untouched > 50
    assert total.recovered >= 0.99 * total.untouched


@pytest.mark.slow
def test_a_hundred_thousand_wounded_files_keep_the_rules():
    per_layout = -(-N_SLOW // len(LAYOUTS) // STEP) * STEP
    totals = {layout: Tally() for layout in LAYOUTS}
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        steps = range(FIRST_SEED, FIRST_SEED + per_layout, STEP)
        jobs = [(layout, pool.submit(many, layout, first, STEP)) for first in steps for layout in LAYOUTS]
        for layout, job in jobs:
            totals[layout] += job.result()
    for layout, total in totals.items():
        print(f"{layout:10s} {total}")
        assert total.recovered + total.swallowed == total.untouched
        assert total.recovered >= 0.999 * total.untouched
