"""How the documents that two snapshots keep differ as a whole: languages, hosts, words, tokens, scores."""

from collections.abc import Mapping, Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common.compared_scores import Scored, comparable
from jobs.common.tables import Warehouse
from schemas.tokens import TOKENS
from transforms.compare import (
    both_sides,
    host_counts,
    label_counts,
    label_divergence,
    largest,
    most_moved,
    score_counts,
    score_range,
    token_counts_by_bin,
)
from transforms.fields import Row
from transforms.score_counts import N_BINS, Scale, chosen_scale, scales_of
from transforms.shifts import cliffs_delta, js_divergence, ks_distance, psi, quantile

TOP = 15
_PSI_HOSTS = 50
_SHARES = (0.1, 0.5, 0.9)
_TICKS = 7


def shifts(
    warehouse: Warehouse, snapshots: tuple[Row, Row], kept: tuple[DataFrame, DataFrame]
) -> tuple[list[Row], list[str]]:
    """Measure the shifts from one snapshot to another.

    Args:
        warehouse: Where both are.
        snapshots: Their registry rows.
        kept: Their decisions of kept documents.

    Returns:
        Of each distribution name, kind, size (the number, 0 to 1, that limits are held against), n_a, n_b and, of
        ``labels`` (languages, hosts) js_divergence (which is its size), psi, n_labels and labels (those whose shares
        moved most); of ``numbers`` (words, tokens, scores) ks_distance (which is its size), cliffs_delta, quantiles and
        bars (a histogram). And what could not be compared, in words.
    """
    rows = both_sides(kept[0], kept[1])
    counted: dict[str, list[Row]] = {"language": [], "words": []}
    for row in label_counts(rows).collect():  # a row a language, and some hundreds of bins
        counted[row["kind"]].append(row.asDict())
    told = [_languages(counted["language"]), _hosts(rows, counted["language"]), _words(counted["words"])]
    scored, notes = comparable(warehouse, snapshots, kept)
    for one in scored:
        told += _scores(one)
    tokens, more = _tokens(warehouse, *snapshots)
    return [*told, *tokens], [*notes, *more]


def _tokens(warehouse: Warehouse, a: Row, b: Row) -> tuple[list[Row], list[str]]:
    """Compare numbers of tokens, where both snapshots were counted by the same tokenizer."""
    names = [row["tokenizer"] for row in (a, b)]
    if names[0] != names[1]:
        return [], [f"tokens: not compared: A was counted by {names[0] or 'none'}, B by {names[1] or 'none'}"]
    if names[0] is None:
        return [], []
    counted = warehouse.read(TOKENS)
    sides = [counted.where(F.col("snapshot_id") == row["snapshot_id"]) for row in (a, b)]
    found = both_sides(*sides).transform(token_counts_by_bin).orderBy("low").collect()  # some hundreds of bins
    rows = [row.asDict() for row in found]
    return [{"name": "tokens", **_numbers(rows), "bars": _length_bars(rows)}], []


def _languages(counts: Sequence[Row]) -> Row:
    a, b = _column(counts, "n_a"), _column(counts, "n_b")
    size = js_divergence(a, b)
    found = {"js_divergence": size, "psi": psi(a, b), "n_labels": len(counts)}
    return {
        "name": "language",
        "kind": "labels",
        "size": size,
        **_totals(a, b),
        **found,
        "labels": _labels(counts, a, b),
    }


def _hosts(rows: DataFrame, languages: Sequence[Row]) -> Row:
    """All hosts are in the divergence; in the PSI the largest ones, and the rest as one."""
    totals = sum(_column(languages, "n_a")), sum(_column(languages, "n_b"))
    told = {"name": "host", "kind": "labels", "n_a": totals[0], "n_b": totals[1]}
    if not all(totals):
        size = float(any(totals))
        return {**told, "size": size, "js_divergence": size, "psi": 0.0, "n_labels": 0, "labels": []}
    counts = host_counts(rows).persist()
    try:
        whole = counts.transform(label_divergence(totals)).collect()[0]
        top = [row.asDict() for row in counts.transform(largest(_PSI_HOSTS)).collect()]
        moved = [row.asDict() for row in counts.transform(most_moved(TOP, totals)).collect()]
    finally:
        counts.unpersist()
    a, b = _column(top, "n_a"), _column(top, "n_b")
    rest = (totals[0] - sum(a), totals[1] - sum(b))
    if any(rest):
        a, b = [*a, rest[0]], [*b, rest[1]]
    # Sums in another order differ in their last bits; between 0 and 1 nobody needs those.
    size = min(1.0, max(0.0, round(whole["js_divergence"], 9)))
    found = {"size": size, "js_divergence": size, "psi": psi(a, b), "n_labels": whole["n_labels"]}
    return {**told, **found, "labels": _labels(moved, [totals[0]], [totals[1]])}


def _labels(counts: Sequence[Row], a: Sequence[int], b: Sequence[int]) -> list[Row]:
    """Give the labels whose shares moved most, with their shares."""
    n_a, n_b = max(1, sum(a)), max(1, sum(b))
    told = [
        {"label": row["label"], "n_a": row["n_a"], "n_b": row["n_b"]}
        | {"a_ratio": row["n_a"] / n_a, "b_ratio": row["n_b"] / n_b}
        for row in counts
    ]
    return sorted(told, key=lambda row: (-abs(row["b_ratio"] - row["a_ratio"]), row["label"]))[:TOP]


def _words(counts: Sequence[Row]) -> Row:
    rows = sorted(({**row, "low": int(row["label"])} for row in counts), key=lambda row: row["low"])
    return {"name": "words", **_numbers(rows), "bars": _length_bars(rows)}


def _numbers(rows: Sequence[Row]) -> Row:
    """Give the sizes of a shift of numbers, of rows with low, n_a and n_b in rising order."""
    lows, a, b = [row["low"] for row in rows], _column(rows, "n_a"), _column(rows, "n_b")
    size = ks_distance(a, b)
    at = [{"share": share, "a": quantile(lows, a, share), "b": quantile(lows, b, share)} for share in _SHARES]
    sizes = {"size": size, "ks_distance": size, "cliffs_delta": cliffs_delta(a, b)}
    return {"kind": "numbers", **_totals(a, b), **sizes, "quantiles": at}


def _length_bars(rows: Sequence[Row]) -> Row:
    """Put lengths into quarter octaves: from 64 words on, from 80, 96, 112, 128, 160 and so on."""
    counts: dict[int, tuple[int, int]] = {}
    for row in rows:
        at = _quarter(row["low"])
        n_a, n_b = counts.get(at, (0, 0))
        counts[at] = (n_a + row["n_a"], n_b + row["n_b"])
    first, last = min(counts, default=0), max(counts, default=0)
    inside = range(first, last + 1)
    step = 1 + len(inside) // _TICKS
    step += -step % 4 if step > 2 else 0  # whole octaves are rounder
    ticks = [[at - first, f"{2 ** (at // 4) * (4 + at % 4) // 4:,}"] for at in inside if at % step == 0]
    sides = [[counts.get(at, (0, 0))[side] for at in inside] for side in (0, 1)]
    return {"ticks": ticks, "a": sides[0], "b": sides[1]}


def _quarter(n: int) -> int:
    """Number a length's quarter octave; no word is a class before the first."""
    octave = n.bit_length() - 1
    return 4 * octave + ((4 * n) >> octave) - 4 if n else -1


def _scores(one: Scored) -> list[Row]:
    rows = both_sides(one.a, one.b)
    found = rows.transform(score_range).collect()[0]
    if not found["n_a"] and not found["n_b"]:
        return []
    scales = scales_of(found["low"], found["high"], found["least_positive"])
    bins = [row.asDict() for row in rows.transform(score_counts(scales)).collect()]
    bins = sorted(bins, key=lambda row: [row[name] for name in scales])  # they rise together
    numbers = _numbers([{**row, "low": _low(scales, row)} for row in bins])
    own: dict[str, dict[int, list[int]]] = {name: {} for name in scales}
    for row in bins:
        for name, of in own.items():
            n = of.setdefault(row[name], [0, 0])
            n[0], n[1] = n[0] + row["n_a"], n[1] + row["n_b"]
    chosen = chosen_scale({name: {at: sum(n) for at, n in of.items()} for name, of in own.items()})
    marks = (0.0, 0.25, 0.5, 0.75, 1.0)
    ticks = [[share * N_BINS, f"{scales[chosen].score_at(share):.3g}"] for share in marks]
    sides = [[own[chosen].get(at, [0, 0])[side] for at in range(N_BINS)] for side in (0, 1)]
    return [{"name": f"score {one.name}", **numbers, "bars": {"ticks": ticks, "a": sides[0], "b": sides[1]}}]


def _low(scales: Mapping[str, Scale], row: Row) -> float:
    """Give the lower border of a bin of all scales; a logarithmic scale's first bin has none above the linear one's."""
    lows = [scale.score_at(row[name] / N_BINS) for name, scale in scales.items() if row[name] or not scale.is_log]
    return max(lows)


def _totals(a: Sequence[int], b: Sequence[int]) -> Row:
    return {"n_a": sum(a), "n_b": sum(b)}


def _column(rows: Sequence[Row], name: str) -> list[int]:
    return [row[name] for row in rows]
