"""Texts of two classes → what a classifier learns from, and what it is measured on, without copies between the two.

Everything is chosen by seeded hashes of texts and hosts, so neither order nor partitions of the input matter.
"""

import hashlib
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from transforms.columns import Texts
from transforms.text.fingerprints import text_hashes
from transforms.text.near import near_groups
from transforms.text.one_line import one_line
from transforms.text.urls import host_of

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]
Counts = dict[str, dict[str, int]]
"""What was counted → class → how many texts."""

SCHEMA = pa.schema(
    [
        ("text", pa.large_string()),
        ("sha256", pa.string()),
        ("host", pa.string()),
        ("is_positive", pa.bool_()),
        ("is_crawl", pa.bool_()),
    ]
)
"""Of examples: texts that are one line and not empty, in the seeded order of their hashes."""


class Sides(NamedTuple):
    """Examples, each text once on its side."""

    training: pa.Table
    held_out: pa.Table


class Cut(NamedTuple):
    """How examples are cut in two.

    Attributes:
        seed: Of the hash over hosts; another one for another cut.
        held_out: Share of the hosts that is held out.
        similarity: From which estimated similarity on two texts count as copies.
        number: Seed of what needs a number.
    """

    seed: str
    held_out: float
    similarity: float
    number: int


def examples(documents: pa.Table, seed: int) -> tuple[pa.Table, Counts]:
    """Normalise documents as DCLM does, drop those without text, and put them into seeded order.

    Args:
        documents: Columns ``text``, ``url``, ``host`` (each may be null), ``is_positive``, ``is_crawl``.
        seed: Of the order.

    Returns:
        Rows of ``SCHEMA``, and how many documents were read and dropped.
    """
    there = documents.column("text").cast(pa.large_string()).combine_chunks().fill_null("")
    given = Texts.of(there)
    texts = Texts(*one_line(given.data, given.offsets))
    hashes = text_hashes(texts.data, texts.offsets)
    urls, named = documents.column("url").to_pylist(), documents.column("host").to_pylist()
    hosts = [(host or host_of(url or "")).lower() or text for host, url, text in zip(named, urls, hashes, strict=True)]
    beside = [documents.column(name).combine_chunks() for name in ("is_positive", "is_crawl")]
    table = pa.table([texts.column, pa.array(hashes), pa.array(hosts), *beside], schema=SCHEMA)
    is_empty = np.diff(texts.offsets) == 0
    counts = {"read": by_class(table), "without_text": by_class(table, is_empty)}
    return _ordered(_where(table, ~is_empty), seed), counts


def without_both(table: pa.Table) -> tuple[pa.Table, Counts]:
    """Remove every text that is in both classes: nobody knows which one it belongs to."""
    codes, is_positive = _codes(table, "sha256"), _flags(table, "is_positive")
    in_both = np.isin(codes, codes[is_positive]) & np.isin(codes, codes[~is_positive])
    return _where(table, ~in_both), {"in_both_classes": by_class(table, in_both)}


def cut(table: pa.Table, how: Cut) -> tuple[Sides, Counts]:
    """Cut by hosts; keep one copy of a text on each side, and in training none that is like a held-out one.

    Args:
        table: Rows of ``SCHEMA``, none in both classes.
        how: Seeds, and where to cut.
    """
    hosts = table.column("host").combine_chunks().dictionary_encode()
    is_out_host = np.array([_fraction(how.seed, host) < how.held_out for host in hosts.dictionary.to_pylist()], bool)
    is_out = is_out_host[hosts.indices.to_numpy()]
    # The order has copies side by side, so the first one of each side is the same whatever came in.
    _, first = np.unique(2 * _codes(table, "sha256") + is_out, return_index=True)
    is_copy = np.ones(len(table), bool)
    is_copy[first] = False
    counts = {"copies_in_one_side": by_class(table, is_copy)}
    left, is_out = _where(table, ~is_copy), is_out[~is_copy]
    texts = Texts.of(left.column("text").combine_chunks())
    groups = near_groups(texts.data, texts.offsets, how.similarity, how.number)
    # The copy itself is held out under the same hash: a text too short for a sketch must not slip through.
    codes = _codes(left, "sha256")
    is_near = ~is_out & (np.isin(groups, groups[is_out]) | np.isin(codes, codes[is_out]))
    counts["like_held_out"] = by_class(left, is_near)
    return Sides(_where(left, ~is_out & ~is_near), _where(left, is_out)), counts


def digests(sides: Sides) -> dict[str, dict[str, dict[str, Any]]]:
    """Identify the texts of each side and class: their number, bytes, and a hash over their sorted hashes."""
    return {side: _digests(table) for side, table in sides._asdict().items()}


def by_class(table: pa.Table, chosen: Flags | None = None) -> dict[str, int]:
    """Count rows of each class, all or those that are chosen."""
    is_positive = _flags(table, "is_positive")
    rows = np.ones(len(table), bool) if chosen is None else chosen
    return {"positives": int((rows & is_positive).sum()), "negatives": int((rows & ~is_positive).sum())}


def _digests(table: pa.Table) -> dict[str, dict[str, Any]]:
    found = {}
    for name, is_positive in (("positives", True), ("negatives", False)):
        rows = table.filter(pc.equal(table.column("is_positive"), pa.scalar(is_positive)))
        hashes = "".join(sorted(rows.column("sha256").to_pylist()))
        n_bytes = pc.sum(pc.binary_length(rows.column("text"))).as_py() or 0
        sha256 = hashlib.sha256(hashes.encode()).hexdigest()
        n_hosts = len(rows.column("host").unique())
        found[name] = {"n_texts": len(rows), "n_hosts": n_hosts, "n_bytes": n_bytes, "sha256": sha256}
    return found


def _ordered(table: pa.Table, seed: int) -> pa.Table:
    """Sort by a seeded hash of the text's hash; what follows only makes the order of copies definite."""
    told = table.select(["sha256", "host", "is_positive", "is_crawl"]).to_pydict()
    drawn = [hashlib.sha256(f"{seed}:{text}".encode()).digest() for text in told["sha256"]]
    rows = list(zip(drawn, *told.values(), strict=True))
    return table.take(pa.array(sorted(range(len(rows)), key=rows.__getitem__), pa.int64()))


def _fraction(seed: str, host: str) -> float:
    return int.from_bytes(hashlib.sha256(f"{seed}:{host}".encode()).digest()[:8]) / 2**64


def _where(table: pa.Table, rows: Flags) -> pa.Table:
    return table.filter(pa.array(rows))


def _flags(table: pa.Table, name: str) -> Flags:
    flags: Flags = table.column(name).to_numpy().astype(bool)
    return flags


def _codes(table: pa.Table, name: str) -> Numbers:
    """Number the values of a column, equal ones alike."""
    codes: Numbers = table.column(name).combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    return codes
