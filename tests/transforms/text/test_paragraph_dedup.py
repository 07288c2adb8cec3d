"""Paragraphs and documents that were seen before: as BFF's own binary finds them, and as plain Python does."""

import json
import random
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.conftest import SHARED
from tests.transforms.edits import ANY, HARD, check, pack, unpack
from tests.transforms.text.bff import Reference
from transforms.text.cuts import apply
from transforms.text.paragraph_dedup import ParagraphDedup
from transforms.text.paragraph_rules import DedupRules
from transforms.text.seen import make_filter, make_set

GOLDEN = SHARED / "reference/dclm_golden/bff"
MODES = ["old-both", "paragraph", "document"]
ENGINES = {"bloom": lambda: make_filter(100_000, 1e-9, 10**7), "exact": lambda: make_set(1_000_000)}

PARAGRAPHS = st.lists(st.sampled_from(["a", "b", "c", "d", ",", "é", "中", "\x1c", "\u3000"]), max_size=5).map(" ".join)
TEXT = st.one_of(st.lists(PARAGRAPHS, max_size=6).map("\n".join), ANY, st.sampled_from(HARD))
TEXTS = st.lists(TEXT, max_size=10)
RULES = st.builds(
    lambda removes, threshold, least, more: DedupRules(removes, threshold, least, least + more),
    st.sampled_from(MODES),
    st.sampled_from([0.0, 0.5, 0.8, 1.0]),
    st.integers(1, 3),
    st.integers(0, 2),
)


def deduplicated(dedup, texts):
    """What is left of each text, and the counts, in the order of ``Deduplicated``."""
    data, offsets = pack(texts)
    cuts, *counts = dedup.dedup(data, offsets)
    check(offsets, cuts)
    assert all(len(one) == len(texts) for one in counts)
    return list(
        zip(unpack(*apply(data, offsets, cuts)), zip(*(one.tolist() for one in counts), strict=True), strict=True)
    )


def many_texts():
    """Texts of random words, some with paragraphs of others: so many n-grams that a set has to grow."""
    drawn = random.Random(0)
    pool = [" ".join(f"w{drawn.randrange(5_000)}" for _ in range(drawn.randrange(40))) for _ in range(600)]
    return ["\n".join(drawn.choices(pool, k=drawn.randrange(1, 12))) for _ in range(150)]


@pytest.mark.skipif(not GOLDEN.exists(), reason="what DCLM's bff gave is not beside the project (shared/reference)")
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("min_ngram", [5, 13])
@pytest.mark.parametrize("removes", MODES)
def test_texts_and_counts_are_those_of_dclms_binary(removes, min_ngram, engine):
    rows = [json.loads(line) for line in (GOLDEN / "in/a.jsonl").read_text().splitlines()]
    written = (GOLDEN / f"out_{removes}_{min_ngram}_13.jsonl").read_text().splitlines()
    dedup = ParagraphDedup(DedupRules(removes, 0.8, min_ngram, 13), ENGINES[engine]())
    told = []
    found = deduplicated(dedup, [row["text"] for row in rows])
    for row, (left, (_, _, _, n_contained, n_words_left, _)) in zip(rows, found, strict=True):
        count = {"bff_contained_ngram_count_before_dedupe": n_contained} if removes == "old-both" else {}
        if n_words_left:
            told.append(row | {"text": left} | count)
    assert len(rows) > len(told) > 100
    assert told == [json.loads(line) for line in written]


@settings(max_examples=400)
@given(TEXTS, RULES, st.sampled_from([*ENGINES]))
@example(["a b c", "a b c\nd"], DedupRules("old-both", 0.5, 1, 3), "exact")
@example(["", "\n\n", "a\na\n\na", "a"], DedupRules("paragraph", 0.8, 1, 1), "bloom")
@example(["a b", "\x1c", "a \x1c b"], DedupRules("document", 0.0, 1, 2), "bloom")
def test_both_engines_do_as_plain_python(texts, rules, engine):
    assert deduplicated(ParagraphDedup(rules, ENGINES[engine]()), texts) == Reference(rules).texts(texts)


@settings(max_examples=200)
@given(TEXTS, TEXTS, RULES, st.sampled_from([*ENGINES]))
def test_two_batches_are_one_batch(first, second, rules, engine):
    whole, parts = (ParagraphDedup(rules, ENGINES[engine]()) for _ in range(2))
    assert deduplicated(parts, first) + deduplicated(parts, second) == deduplicated(whole, first + second)
    assert whole.seen.n_new == parts.seen.n_new


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("removes", MODES)
def test_many_texts_are_deduplicated_as_by_plain_python(removes, engine):
    rules, texts = DedupRules(removes, 0.8, 5, 13), many_texts()
    dedup, reference = ParagraphDedup(rules, ENGINES[engine]()), Reference(rules)
    expected = reference.texts(texts)
    assert deduplicated(dedup, texts) == expected
    assert dedup.seen.n_new == len(reference.known) > 4_000
    assert any(left != text for (left, _), text in zip(expected, texts, strict=True))


def test_a_filter_that_errs_often_removes_more():
    texts = many_texts()
    rules = DedupRules("paragraph", 0.5, 5, 13)
    left = [
        sum(len(text) for text, _ in deduplicated(ParagraphDedup(rules, seen), texts))
        for seen in (make_set(10**6), make_filter(30_000, 0.001, 10**7), make_filter(1_000, 0.1, 10**7))
    ]
    assert left[0] >= left[1] > left[2]


def test_a_paragraph_that_goes_adds_nothing_and_one_that_stays_adds_all_at_once():
    rules = DedupRules("paragraph", 0.5, 2, 2)
    # "a b a b" holds its own n-grams twice and stays; "a b a x" goes by two of three, so "a x" stays unknown.
    texts = ["a b a b", "a b a x", "a x", "a b\na x\ny z\ny z"]
    assert [left for left, _ in deduplicated(ParagraphDedup(rules, make_set(100)), texts)] == [
        "a b a b",
        "",
        "a x",
        "\ny z",
    ]


def test_exactly_the_threshold_stays():
    texts = ["a b c d e f g h", "a b c d e f g h i j", "a b c d e f g h k"]  # then 8 of 10, and 8 of 9
    found = deduplicated(ParagraphDedup(DedupRules("document", 0.8, 1, 1), make_set(100)), texts)
    assert [left for left, _ in found] == [texts[0], texts[1], ""]
    assert [counts[2:4] for _, counts in found] == [(8, 0), (10, 8), (9, 8)]


def test_a_text_is_emptied_by_all_its_paragraphs_and_what_stayed_of_it_remains_known():
    rules = DedupRules("old-both", 0.8, 1, 1)
    texts = ["a b c d e f g h i j", "a b c d e f g h i j\nk", "k"]
    assert deduplicated(ParagraphDedup(rules, make_set(100)), texts) == [
        (texts[0], (1, 0, 10, 0, 10, False)),
        ("", (2, 1, 11, 10, 0, True)),
        ("", (1, 1, 1, 1, 0, True)),
    ]


def test_a_cut_of_paragraphs_side_by_side_is_one():
    dedup = ParagraphDedup(DedupRules("paragraph", 0.8, 1, 1), make_set(100))
    cuts = dedup.dedup(*pack(["a\na\na\nb\nb", "c\na\n\nb"])).cuts
    assert list(zip(cuts.starts.tolist(), cuts.ends.tolist(), strict=True)) == [(1, 5), (7, 9), (10, 12), (13, 15)]
    assert cuts.firsts.tolist() == [0, 2, 4]


def test_texts_of_nothing_and_of_new_lines_stay():
    texts = ["", "", "\n", "\n" * 5, " \n\u3000\n", "\n" * 5]
    for removes in MODES:
        found = deduplicated(ParagraphDedup(DedupRules(removes, 0, 1, 1), make_set(1)), texts)
        assert [left for left, _ in found] == texts
        assert all(counts[2:] == (0, 0, 0, False) for _, counts in found)
    assert deduplicated(ParagraphDedup(DedupRules(), make_set(1)), []) == []


@pytest.mark.parametrize("piece", ["\n", "a ", "a", "é中 ", "a\n", "\r\n", "x" * 99 + "\n"])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_text_of_a_megabyte_takes_linear_time(engine, piece):
    text = piece * (1_000_000 // len(piece.encode()))
    dedup = ParagraphDedup(DedupRules("paragraph", 0.8, 1, 13), ENGINES[engine]())
    [(first, _)] = deduplicated(dedup, [text])
    begun = time.process_time()
    [(second, counts)] = deduplicated(dedup, [text])
    assert time.process_time() - begun < 2  # 0.1 s
    assert counts[0] == text.count("\n") + 1
    assert not second.strip()
    assert len(set(first.split("\n"))) == len(set(text.split("\n")))


def test_a_set_that_is_full_says_what_it_holds_and_what_it_may():
    dedup = ParagraphDedup(DedupRules("paragraph", 0.8, 1, 1), make_set(10))
    deduplicated(dedup, ["a b c d e f g"])
    with pytest.raises(ValueError, match="holds 7 and the next text has 4; allowed: 10"):
        deduplicated(dedup, ["a b c", "h i j k"])


def test_a_filter_takes_more_than_it_was_made_for_and_says_so():
    dedup = ParagraphDedup(DedupRules(), make_filter(1_000, 0.01, 10**6))
    deduplicated(dedup, many_texts())
    assert dedup.seen.n_new > dedup.seen.capacity
    assert dedup.seen.false_positive_rate > 0.5


def test_arrays_of_a_batch_may_begin_anywhere():
    texts = ["x y z", "a b c\nd", "a b c", "d"]
    data, offsets = pack(texts)
    dedup = ParagraphDedup(DedupRules("paragraph", 0.8, 1, 1), make_set(100))
    found = dedup.dedup(data, offsets[1:])
    assert unpack(*apply(data, offsets[1:], found.cuts)) == ["a b c\nd", "", ""]
    assert found.n_contained.dtype == np.int64


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"removes": "both"}, "allowed: old-both"),
        ({"threshold": 1.1}, "allowed: 0 to 1"),
        ({"threshold": float("nan")}, "allowed: 0 to 1"),
        ({"min_ngram": 0}, "0 to 13"),
        ({"min_ngram": 14}, "14 to 13"),
    ],
)
def test_rules_that_cannot_be_are_errors(fields, told):
    with pytest.raises(ValueError, match=told):
        DedupRules(**fields)
