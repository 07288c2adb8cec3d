"""A file read by several tasks: how it is cut, and how what they say of it becomes one ledger row again.

Two kinds of files can be cut: a plain one, at any byte, since a record's start can be seen there,
and one of which an index names the records. Others are one piece.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from transforms.fields import Row
from transforms.units import PlannedFile

PACKED = (".gz", ".zst", ".lz4")
"""How the names of compressed crawl files end."""

_SUMMED = (
    "read_bytes",
    "skipped_bytes",
    "n_records",
    "n_documents",
    "n_rejected_records",
    "n_skipped_records",
    "n_gaps",
    "n_images",
    "n_taken_down",
    "seconds",
)
T = TypeVar("T")


@dataclass(frozen=True)
class Piece:
    """Share ``number`` of the ``n_pieces`` of a file; ``n_bytes`` of it are to be read, about."""

    file: PlannedFile
    number: int = 0
    n_pieces: int = 1
    n_bytes: int = 0

    @property
    def begin(self) -> int:
        """Where it begins in the file, in bytes."""
        return self.file.size * self.number // self.n_pieces

    @property
    def end(self) -> int:
        """Where the next piece begins."""
        return self.file.size * (self.number + 1) // self.n_pieces

    def share(self, items: Sequence[T]) -> Sequence[T]:
        """Give its share of a list that all pieces have between them."""
        return items[len(items) * self.number // self.n_pieces : len(items) * (self.number + 1) // self.n_pieces]


def cut(files: Iterable[PlannedFile], n_bytes: int, asked: dict[str, int], whole: Collection[str] = ()) -> list[Piece]:
    """Cut files into pieces of about ``n_bytes``, largest piece first: what takes long begins early.

    Args:
        files: What a unit holds.
        n_bytes: Size of a piece.
        asked: URI → bytes that an index asks for, of the files that one names.
        whole: URIs of files that must not be cut.
    """
    pieces = []
    for file in files:
        is_packed = file.uri not in asked and file.uri.endswith(PACKED)
        size = 0 if file.skip else asked.get(file.uri, file.size)
        n = 1 if is_packed or file.uri in whole else max(1, -(-size // n_bytes))
        pieces += [Piece(file, number, n, size // n) for number in range(n)]
    return sorted(pieces, key=lambda one: (-one.n_bytes, one.file.uri))


def grouped(pieces: Sequence[Piece], least: int, most: int, n_cores: int) -> Iterator[list[Piece]]:
    """Put pieces together, in their order, so that tasks are few and all cores end at about the same time.

    A task that reads little costs more to start than to run; one that reads much lets the others wait for it at
    the end. So a group may hold half of what is left for a core to read (guided self-scheduling, Polychronopoulos
    and Kuck 1987), but no less than ``least`` bytes and no more than ``most``. A larger piece is a group of its own.
    """
    left = sum(piece.n_bytes for piece in pieces)
    group: list[Piece] = []
    size = 0
    for piece in pieces:
        room = min(most, max(least, left // (2 * n_cores)))
        if group and size + piece.n_bytes > room:
            yield group
            group, size, left = [], 0, left - size
        group.append(piece)
        size += piece.n_bytes
    if group:
        yield group


def merged(rows: Iterable[Row]) -> dict[str, Row]:
    """Make one ``crawl_files`` row of each file's pieces; by URI."""
    by_uri: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda one: (one["uri"], one["piece"])):
        by_uri.setdefault(row["uri"], []).append(row)
    return {uri: _merged(pieces) for uri, pieces in by_uri.items()}


def unchained(rows: Iterable[Row]) -> set[str]:
    """Find cut files whose pieces do not meet: one began inside a record that looks like the start of another.

    A piece ends where it read its last record to; the next one that holds any must begin there.
    """
    ends: dict[str, int] = {}
    sizes: dict[str, int] = {}
    lost: set[str] = set()
    for row in sorted(rows, key=lambda one: (one["uri"], one["piece"])):
        if row["began"] is not None:
            if row["began"] != ends.setdefault(row["uri"], 0):
                lost.add(row["uri"])
            ends[row["uri"]] = row["began"] + row["read_bytes"] + row["skipped_bytes"]
            sizes[row["uri"]] = row["size_bytes"]
    return lost | {uri for uri, size in sizes.items() if ends[uri] != size}


def _merged(pieces: list[Row]) -> Row:
    row = dict(pieces[0])
    for name in _SUMMED:
        row[name] = sum(piece[name] for piece in pieces)
    kinds: Counter[str] = Counter()
    for piece in pieces:
        kinds.update(dict(piece["records_by_type"]))
    if row["asked_bytes"] is not None:  # what no range asks for is skipped
        row["skipped_bytes"] += row["size_bytes"] - sum(piece["asked_bytes"] for piece in pieces)
    states = [piece["status"] for piece in pieces]
    row["records_by_type"] = dict(kinds)
    row["status"] = next((state for state in ("unreachable", "damaged") if state in states), states[0])
    row["error"] = next((piece["error"] for piece in pieces if piece["error"]), None)
    row["read_at"] = max(piece["read_at"] for piece in pieces)
    return {name: value for name, value in row.items() if name not in ("piece", "began", "asked_bytes")}
