"""Our side of ``make parity-peers``: what our kernels measure, what FineWeb's recipe decides by it, and how fast.

Import it after ``use_own_cache``.
"""

import re
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from schemas.edits import C4_LIMITS, C4Rules
from schemas.recipe import load_recipe
from schemas.rules import DatatroveQualityRules, DatatroveRepetitionRules, FineWebRules
from schemas.shapes import Shape
from transforms.columns import Texts
from transforms.text import c4, text_rules
from transforms.text.sentence_breaks import sentence_breaks
from transforms.text.sentences import count_sentences
from transforms.text.word_tables import tables
from transforms.text.words import segments

N_TIMES, BATCH = 9, 1000
Measures = dict[str, Any]
"""Measure → a value per text, or a single one."""

_CITATION = re.compile(r"\[\d*]|\[edit]|\[citation needed]")


class Thresholds(NamedTuple):
    """FineWeb's recipe; ``c4`` is C4's own rules, with all their defaults."""

    gopher_repetition: DatatroveRepetitionRules
    gopher_quality: DatatroveQualityRules
    c4_any_end: C4Rules
    fineweb: FineWebRules
    c4: C4Rules = C4Rules()

    @classmethod
    def read(cls, recipe: Path) -> "Thresholds":
        """Read the recipe's steps: quality, lines, final."""
        quality, lines, final = load_recipe(recipe).text_steps()
        return cls(quality.datatrove_repetition, quality.datatrove_quality, lines.c4, final.fineweb)

    def of(self, name: str) -> Shape:
        """Give a filter's; FineWeb's are the same behind C4."""
        return getattr(self, name.removesuffix("_after_c4"))


def hold(measures: Measures, rules: Shape) -> dict[str, tuple[Any, Any]]:
    """Hold measures against limits as ``transforms.reasons.limit_reasons`` does; limit → (value, is it broken)."""
    told = {}
    asked = rules.model_dump(include=C4_LIMITS if isinstance(rules, C4Rules) else None, exclude={"languages"})
    for rule, limit in asked.items():
        side, name = rule[:3], rule[4:]
        value = np.asarray(measures[name if name in measures else f"n_{name}"], np.float64)
        told[rule] = value, np.logical_not(value >= limit if side == "min" else value <= limit)
    return told


def decide(told: dict[str, Measures], rules: Thresholds) -> dict[str, Any]:
    """Give by filter, of each text, whether it goes: whether any limit is broken."""
    gone = {}
    for name, measures in told.items():
        broken = [is_broken for _, is_broken in hold(measures, rules.of(name)).values()]
        if name == "gopher_repetition":
            broken.append(measures["n_bytes"] == 0)  # the reason datatrove_repetition:empty
        gone[name] = np.logical_or.reduce(broken)
    return gone


def _words(texts: Texts) -> dict[str, Measures]:
    told = text_rules.measure(texts.data, texts.offsets, ("datatrove_quality", "datatrove_repetition"))
    sizes = {"n_bytes": np.diff(texts.offsets)}
    return {"gopher_repetition": told["datatrove_repetition"] | sizes, "gopher_quality": told["datatrove_quality"]}


def lines(texts: Texts, rules: C4Rules) -> tuple[Measures, Texts]:
    """Do C4's step; gives its measures and what it leaves."""
    kept = c4.C4Rules(**rules.model_dump(exclude=C4_LIMITS))
    counts, data, offsets = c4.c4_lines(texts.data, texts.offsets, kept)
    return counts._asdict(), Texts(data, offsets)


def every(texts: Texts, rules: Thresholds) -> dict[str, Measures]:
    """Measure for each of the four filters each text as it came in."""
    told = _words(texts)
    told["c4_any_end"], _ = lines(texts, rules.c4_any_end)
    return told | text_rules.measure(texts.data, texts.offsets, ("fineweb",))


def in_order(texts: Texts, rules: Thresholds) -> dict[str, Measures]:
    """Measure as the recipe does: FineWeb's lines are those that C4's step leaves."""
    told = _words(texts)
    told["c4_any_end"], left = lines(texts, rules.c4_any_end)
    return told | {"fineweb_after_c4": text_rules.measure(left.data, left.offsets, ("fineweb",))["fineweb"]}


class Judged(NamedTuple):
    """What we say of some texts."""

    measures: dict[str, Measures]
    """Filter → its measures."""
    drops: dict[str, Any]
    """Filter → of each text, whether it goes."""
    left: dict[str, list[str]]
    """C4 filter → what its line rules leave of each text."""


def judge(texts: list[str], rules: Thresholds) -> Judged:
    """Ask every filter, FineWeb's also of what C4 leaves."""
    batch = Texts.of(pa.array(texts, pa.large_string()))
    told = every(batch, rules) | in_order(batch, rules)
    told["c4"], left = lines(batch, rules.c4)
    _, any_end = lines(batch, rules.c4_any_end)
    return Judged(told, decide(told, rules), {"c4": left.strings, "c4_any_end": any_end.strings})


def seconds(work: Callable[[Texts, Thresholds], dict[str, Measures]], texts: list[str], rules: Thresholds) -> float:
    """Time measuring and deciding, from Arrow batches on: this process's CPU seconds, median of a few runs."""
    batches = [pa.array(texts[i : i + BATCH], pa.large_string()) for i in range(0, len(texts), BATCH)]
    told = []
    for _ in range(N_TIMES):
        started = time.process_time()
        for batch in batches:
            decide(work(Texts.of(batch), rules), rules)
        told.append(time.process_time() - started)
    return statistics.median(told)


def cut_words(texts: Iterable[str]) -> Iterator[list[str]]:
    """Give the words of each text, as our splitter cuts them."""
    known = tables()
    for text in texts:
        data = text.encode()
        spans = segments(np.frombuffer(data, np.uint8), known)
        yield [data[first:end].decode() for first, end in spans[:, :2].tolist()]


def sentences_of_lines(texts: Iterable[str]) -> dict[str, int]:
    """Count our sentences in every line that C4 may ask about: stripped, and without citations."""
    stripped = (_CITATION.sub("", line.strip()) for text in texts for line in text.splitlines())
    found = list(dict.fromkeys(stripped))
    parts = [line.encode() for line in found]
    offsets = np.cumsum([0, *map(len, parts)]).tolist()
    data = np.frombuffer(b"".join(parts), np.uint8)
    table = sentence_breaks()
    counts = (count_sentences(data[start:end], table) for start, end in pairwise(offsets))
    return dict(zip(found, counts, strict=True))
