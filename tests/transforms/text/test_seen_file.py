"""What is known, written and read again: the same decisions, and one error for whatever is not as it was written."""

import io
import json
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.text.test_paragraph_dedup import RULES, TEXTS, deduplicated, many_texts
from transforms.text import seen_file
from transforms.text.paragraph_dedup import ParagraphDedup
from transforms.text.paragraph_rules import DedupRules
from transforms.text.seen import make_filter, make_set
from transforms.text.seen_file import file_parts, read_dedup

RULE = DedupRules("paragraph", 0.75, 1, 2)


def written(dedup):
    return b"".join(file_parts(dedup))


def made(engine, texts=("a b c", "d e")):
    seen = make_set(8) if engine == "exact" else make_filter(8, 0.1, 100)
    dedup = ParagraphDedup(RULE, seen)
    deduplicated(dedup, list(texts))
    return dedup


def forged(data, **changes):
    """The file with other numbers in its header and the sha256 that goes with them."""
    head, _, rest = data.partition(b"\n")
    told = {**json.loads(head), **changes}
    del told["sha256"]
    return seen_file._header(told | {"sha256": seen_file._digest(told, np.frombuffer(rest, "<u8"))}) + rest


@settings(max_examples=150)
@given(TEXTS, TEXTS, RULES, st.booleans())
def test_what_was_read_goes_on_as_if_nothing_had_been_written(first, second, rules, is_exact):
    dedup = ParagraphDedup(rules, make_set(10**6) if is_exact else make_filter(30, 0.2, 10**6))
    deduplicated(dedup, first)
    data = written(dedup)
    again = read_dedup(data)
    assert again.rules == rules
    assert written(again) == data
    assert deduplicated(again, second) == deduplicated(dedup, second)
    assert written(again) == written(dedup)


def test_a_large_set_goes_on_too_from_a_memory_map(tmp_path):
    texts = many_texts()
    dedup = ParagraphDedup(DedupRules(), make_set(10**6))
    deduplicated(dedup, texts[:120])
    path = tmp_path / "seen"
    path.write_bytes(written(dedup))
    again = read_dedup(np.memmap(path, np.uint8, "r"))
    assert deduplicated(again, texts[120:]) == deduplicated(dedup, texts[120:])


@pytest.mark.parametrize("engine", ["bloom", "exact"])
def test_a_file_is_a_line_of_json_and_the_array_as_it_is(engine):
    dedup = made(engine)
    head, cells = file_parts(dedup)
    told = json.loads(head)
    assert len(head) % 64 == 0
    assert (told["format"], told["version"], told["rules"]["max_ngram"]) == ("sluice-seen", 1, 2)
    assert np.frombuffer(cells, "<u8").tolist() == dedup.seen.cells.tolist()
    assert np.shares_memory(np.frombuffer(cells, np.uint8), dedup.seen.cells)


@pytest.mark.parametrize("engine", ["bloom", "exact"])
@pytest.mark.parametrize("mask", [0x01, 0x20, 0x29, 0xFF])
def test_no_byte_can_change_unseen(engine, mask):
    data = written(made(engine))
    for i in range(len(data)):
        changed = bytearray(data)
        changed[i] ^= mask
        with pytest.raises(ValueError, match="seen n-grams"):
            read_dedup(bytes(changed))


@pytest.mark.parametrize("engine", ["bloom", "exact"])
def test_a_file_of_another_length_is_an_error(engine):
    data = written(made(engine))
    for part in [*(data[:n] for n in range(len(data))), data + b"\0", data + data, data[1:]]:
        with pytest.raises(ValueError, match="damaged or of another kind"):
            read_dedup(part)


def other_files():
    archive = io.BytesIO()
    np.savez(archive, cells=np.zeros(4, np.uint64))
    yield from (archive.getvalue(), pickle.dumps([1, 2]), b"\n", b"{}\n", b"[]\n", b"null\n", b"[" * 4000 + b"\n")
    yield from (b"\xff\xfe\n", b'{"format": "sluice-seen"}\n', b"1" * 4000 + b"\n", b"NaN\n")


@pytest.mark.parametrize("data", other_files())
def test_another_kind_of_file_is_an_error(data):
    with pytest.raises(ValueError, match="damaged or of another kind"):
        read_dedup(data)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"version": 2}, "version is 2; allowed: 1"),
        ({"hashing": 0}, "hashing is 0; allowed: 1"),
        ({"n_cells": 0}, "n_cells is 0"),
        ({"n_cells": "1"}, "n_cells is 1"),
        ({"n_cells": 10**15}, "do not hold"),
        ({"n_hashers": -1}, "n_hashers is -1"),
        ({"n_hashers": True}, "n_hashers is True"),
        ({"multiplier": 1 << 64}, "multiplier is"),
        ({"multiplier": 2}, "even"),
        ({"capacity": 1}, "holds 3"),
        ({"n_new": 2}, "holds 3"),
        ({"rules": {"removes": "both"}}, "rules that are none"),
        ({"rules": {"other": 1}}, "rules that are none"),
        ({"rules": None}, "rules that are none"),
        ({"more": 1}, "not as it was written"),
    ],
)
def test_numbers_that_cannot_be_are_errors_even_where_the_sha256_is_right(changes, told):
    with pytest.raises(ValueError, match=told):
        read_dedup(forged(written(made("exact")), **changes))


def test_a_set_without_a_free_slot_is_an_error():
    data = written(made("exact"))
    head = data[: data.find(b"\n") + 1]
    n_cells = json.loads(head)["n_cells"]
    full = head + np.arange(1, n_cells + 1, dtype="<u8").tobytes()
    with pytest.raises(ValueError, match=f"{n_cells} slots holds {n_cells} n-grams"):
        read_dedup(forged(full, n_new=n_cells, capacity=n_cells))
