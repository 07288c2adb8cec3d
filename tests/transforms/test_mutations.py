"""Wounded crawl files of every layout: nothing is lost in silence, and what is untouched comes out.

Two seconds for the 504 files; the 100,000 of the slow test take four minutes on two cores.
"""

import os
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from multiprocessing import get_context
from random import Random
from unittest.mock import patch

import pytest

from tests.transforms.mutations import LAYOUTS, LIMIT, Tally, archive, check, wounded
from transforms.chunks import Input
from transforms.gzip_members import Gzip
from transforms.records import read_records

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


@pytest.mark.parametrize("layout", ["gzip", "arc_gzip"])
def test_members_that_are_inflated_at_once_give_what_they_give_step_by_step(layout):
    n_whole = 0
    for seed in range(200):
        random = Random(f"{layout}/at once/{seed}")
        data = wounded(archive(layout, random).data, random)[0].data
        at_once = list(read_records(BytesIO(data), LIMIT))
        with patch.object(Gzip, "whole", lambda *_: None):
            assert list(read_records(BytesIO(data), LIMIT)) == at_once
        n_whole += Gzip().whole(Input(BytesIO(data))) is not None
    assert n_whole > 20


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
