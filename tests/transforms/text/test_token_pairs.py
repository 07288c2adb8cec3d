"""Tokens and pairs counted in a table: as plain counters say, however the work is cut."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.token_frequencies import ALL, FIRST, PAIR, TOKEN, frequencies, tallied
from transforms.text.token_pairs import (
    MAX_GROUPS,
    MAX_TOKENS,
    Tokens,
    add_packed,
    count_tokens,
    grown,
    make_counts,
    taken_out,
)

IDS = st.sampled_from([0, 1, 2, 3, MAX_TOKENS - 1])
GROUPS = st.sampled_from([0, 1, MAX_GROUPS - 1])
TEXTS = st.lists(st.tuples(GROUPS, st.booleans(), st.lists(IDS, max_size=8)), max_size=8)


def tokens_of(texts):
    ids = np.array([i for _, _, text in texts for i in text], np.int32)
    offsets = np.cumsum([0, *(len(text) for _, _, text in texts)], dtype=np.int64)
    groups = np.array([group for group, _, _ in texts], np.int64)
    return Tokens(ids, offsets, groups, np.array([asked for _, asked, _ in texts], np.uint8))


def counted(tokens, step):
    counts = make_counts(4)
    for start in range(0, len(tokens.ids), step):
        while not counts.has_room(step + len(tokens.groups)):
            counts = grown(counts)
        count_tokens(tokens, start, min(start + step, len(tokens.ids)), counts)
    return counts


def told(*tables):
    """Tally tables; give their ``Frequencies`` as a dict."""
    tally = make_counts(0)
    for counts in tables:
        tally = tallied(counts, tally)
    found = frequencies(tally)
    keys = zip(found.group.tolist(), found.kind.tolist(), found.n.tolist(), strict=True)
    return dict(zip(keys, found.n_alike.tolist(), strict=True))


def expected(texts):
    """Count by plain counters, then count the counts."""
    counts = Counter()
    for group, is_counted, text in texts:
        counts[group, ALL, ()] += len(text)
        if is_counted:
            counts.update((group, TOKEN, token) for token in text)
            counts.update((group, FIRST, token) for token in text[:-1])
            counts.update((group, PAIR, pair) for pair in pairwise(text))
    return dict(Counter((group, kind, n) for (group, kind, _), n in counts.items() if n))


@given(TEXTS, st.integers(1, 9))
def test_a_table_counts_as_counters_do_wherever_spans_begin(texts, step):
    assert told(counted(tokens_of(texts), step)) == expected(texts)


@given(TEXTS, TEXTS, st.integers(1, 4))
def test_tables_taken_out_by_bucket_add_up_to_one(some, others, bits):
    buckets = [[] for _ in range(1 << bits)]
    for texts in (some, others):
        counts = counted(tokens_of(texts), 3)
        packed, starts = taken_out(counts, bits)
        assert counts.n_codes[0] == 0
        assert (counts.slots == [-1, 0]).all()
        for bucket, (start, end) in enumerate(pairwise(starts)):
            buckets[bucket].append(packed[start:end])
    tables = []
    for parts in buckets:
        tables.append(make_counts(sum(map(len, parts))))
        for packed in parts:
            add_packed(packed, tables[-1])
    assert told(*tables) == expected([*some, *others])


@given(st.integers(0, 40))
def test_a_table_has_the_room_that_it_was_made_with_and_grows_to_twice_the_slots(n):
    counts = make_counts(n)
    assert counts.has_room(n)
    assert len(grown(counts).slots) == 2 * len(counts.slots)


@pytest.mark.parametrize("n_texts", [1, 2000])
def test_many_codes_are_all_found_again(n_texts):
    rng = np.random.default_rng(3)
    texts = [(7, True, rng.integers(0, 300, 100_000 // n_texts).tolist()) for _ in range(n_texts)]
    assert told(counted(tokens_of(texts), 1000)) == expected(texts)
