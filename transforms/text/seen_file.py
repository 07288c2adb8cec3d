r"""What a ``ParagraphDedup`` knows, as the bytes of a file: a header, which is a line of JSON, and the array as it is.

The header is filled up with spaces so that the array begins at a multiple of 64 bytes; its numbers are little-endian.
"""

import hashlib
import json
from dataclasses import asdict
from typing import Any

import numpy as np

from transforms.text.paragraph_dedup import ParagraphDedup
from transforms.text.paragraph_rules import DedupRules
from transforms.text.paragraphs import HASHING, Hashes
from transforms.text.seen import Seen, slots_for
from transforms.text.unicode import Bytes

FORMAT, VERSION = "sluice-seen", 1
_ALIGNED, _MAX_HEADER = 64, 4096
_NUMBERS = {"capacity": (1, 1 << 63), "n_new": (0, 1 << 63), "n_hashers": (0, 1 << 16), "multiplier": (1, 1 << 64)}
"""Of ``Seen``: the least value, and the one behind the greatest."""


def file_parts(dedup: ParagraphDedup) -> tuple[bytes, memoryview]:
    """Give the file's two parts, to be written one after the other.

    The second is the memory of the filter or set itself: write it before the next batch. It is not copied.
    """
    seen = dedup.seen
    cells = seen.cells.astype("<u8", copy=False)
    told = {
        "format": FORMAT,
        "version": VERSION,
        "hashing": HASHING,
        "rules": asdict(dedup.rules),
        "capacity": int(seen.capacity),
        "n_new": int(seen.n_new[0]),
        "n_hashers": int(seen.n_hashers),
        "multiplier": int(seen.multiplier),
        "n_cells": len(cells),
    }
    return _header(told | {"sha256": _digest(told, cells)}), cells.data.cast("B")


def read_dedup(data: Bytes | bytes | bytearray | memoryview) -> ParagraphDedup:
    """Read what ``file_parts`` gave.

    Args:
        data: The whole file, which may be memory-mapped; the array is copied.

    Raises:
        ValueError: it is damaged, or something else, or of another version.
    """
    content = np.frombuffer(data, np.uint8)
    size = bytes(content[:_MAX_HEADER]).find(b"\n") + 1
    told = _read_header(bytes(content[:size]))
    _check(len(content) == size + 8 * told["n_cells"], f"{len(content):,} bytes do not hold {told['n_cells']:,} cells")
    cells = content[size:].view("<u8")
    found = told.pop("sha256")
    _check(found == _digest(told, cells), "its sha256 is not that of its content")
    rules, seen = _rules(told["rules"]), _seen(told, cells)
    return ParagraphDedup(rules, seen)


def _header(told: dict[str, Any]) -> bytes:
    line = json.dumps(told, sort_keys=True).encode()
    return line + b" " * (-(len(line) + 1) % _ALIGNED) + b"\n"


def _digest(told: dict[str, Any], cells: Hashes) -> str:
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode() + b"\n")
    digest.update(cells.data.cast("B"))
    return digest.hexdigest()


def _read_header(line: bytes) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        told = None
    _check(isinstance(told, dict) and told.get("format") == FORMAT, "it does not begin with its header")
    for name, value in (("version", VERSION), ("hashing", HASHING)):
        _check(told.get(name) == value, f"{name} is {told.get(name)}; allowed: {value}")
    wanted = {"format", "version", "hashing", "rules", "n_cells", "sha256", *_NUMBERS}
    _check(set(told) == wanted and _header(told) == line, "its header is not as it was written")
    for name, (least, behind) in {**_NUMBERS, "n_cells": (1, 1 << 60)}.items():
        _check(type(told[name]) is int and least <= told[name] < behind, f"{name} is {told[name]}")
    return told


def _rules(told: Any) -> DedupRules:
    try:
        return DedupRules(**told)
    except (TypeError, ValueError) as error:
        raise ValueError(f"a file of seen n-grams has rules that are none: {error}") from None


def _seen(told: dict[str, Any], cells: Hashes) -> Seen:
    """Make the filter or set; a set without free slots would be searched for ever."""
    if told["n_hashers"] == 0:
        n = np.count_nonzero(cells)
        _check(n == told["n_new"] <= told["capacity"], f"its set holds {n:,} n-grams")
        _check(slots_for(n) <= len(cells), f"its set of {len(cells):,} slots holds {n:,} n-grams")
        _check(told["multiplier"] % 2 == 1, "the multiplier is even")
    n_new, multiplier = np.array([told["n_new"]], np.int64), np.uint64(told["multiplier"])
    return Seen(cells.astype(np.uint64), n_new, told["capacity"], told["n_hashers"], multiplier)


def _check(is_right: bool, what: str) -> None:
    if not is_right:
        raise ValueError(f"a file of seen n-grams is damaged or of another kind: {what}")
