"""Crawl files in every layout, wounded by a seed, and what must still come out of them.

Every byte of a wounded file knows where in the whole file it came from, so which records are still
there untouched is a fact about bytes, not a guess. A check is named by layout and seed:
``check("plain", 17)`` builds the same file, wounds and verdict each time.

The rules, for each record that stands untouched somewhere in the wounded file:

* *A member of its own (gzip, zstd, lz4)*: it is recovered, and nothing comes out that is no record
  of the original file. The one exception is a file whose first bytes were overwritten by the head of
  a plain record: it is taken for a plain file.
* *Plain*: it is recovered, but if a record before it, whose own bytes were touched, now has a length
  that ends exactly where another record starts, or at the end of the file. Such a record swallows
  what its length covers, and no reader could tell without a checksum. In an ARC, a record is
  untouched only behind a line's end: its header is a line.
* *One member around all of them*: it is recovered if the member still inflates to it and to the
  start of the next one. A loss is told by a gap, and one wound behind the file's first bytes is
  one gap up to the end. (Without its magic a member is lost; records that it holds uncompressed may
  still come out.)

In all of them every byte of the file is read or in a gap, never in two, and no file takes seconds.
"""

import gzip
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from random import Random
from unittest.mock import patch

import lz4.frame
import numpy as np
import zstandard

from tests.transforms.archives import accounted_bytes
from transforms import chunks
from transforms.heads import MAX_HEAD_BYTES, starts_record
from transforms.records import Gap, Record, read_records

LIMIT = 1 << 20
MAX_SECONDS = 5
N_START = len(b"WARC/1.0\r\nWARC-Type: ")  # what a reader must see to know that a record starts
FOREIGN = -1  # a byte that was in no place of the whole file


@dataclass(frozen=True)
class Unit:
    """One record of a whole file: its bytes with its line ends, and what a reader must give for it."""

    start: int
    end: int
    url: str
    body: bytes


@dataclass(frozen=True)
class Archive:
    """A whole file; ``plain`` is what it inflates to where one member holds all of it."""

    data: bytes
    units: tuple[Unit, ...]
    plain: bytes = b""


@dataclass
class Wounded:
    """A file and the origin of each of its bytes."""

    data: bytes
    origin: np.ndarray

    def put(self, at: int, until: int, data: bytes, origin: np.ndarray | None = None) -> None:
        """Replace a stretch."""
        new = np.full(len(data), FOREIGN) if origin is None else origin
        self.data = self.data[:at] + data + self.data[until:]
        self.origin = np.concatenate([self.origin[:at], new, self.origin[until:]])


@dataclass
class Tally:
    """How many records were untouched, how many of them came out, and how many a wrong length swallowed."""

    files: int = 0
    untouched: int = 0
    recovered: int = 0
    swallowed: int = 0

    def __iadd__(self, other: "Tally") -> "Tally":
        self.files += other.files
        self.untouched += other.untouched
        self.recovered += other.recovered
        self.swallowed += other.swallowed
        return self


# Whole files.


def _body(random: Random) -> bytes:
    size = random.choice([0, 3, 40, 300, 2500])
    if random.random() < 0.4:
        return random.randbytes(size)
    words = " ".join(
        random.choice(["river", "WARC/1.0", "http://a.example/", "moss", "\n", "\r\n"]) for _ in range(size // 5)
    )
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>%s</p>" % words.encode()


def _warc_record(number: int, random: Random) -> tuple[bytes, str, bytes]:
    url, body = f"http://site.example/{number}", _body(random)
    kind = random.choice(["response", "response", "conversion", "resource"])
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-05-06T07:08:09Z\r\n"
    head += f"Content-Type: application/http\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body + b"\r\n\r\n", url, body


def _arc_record(number: int, random: Random) -> tuple[bytes, str, bytes]:
    url, body = f"http://old.example/{number}", _body(random)
    return b"%s 192.0.2.1 20080203040506 text/html %d\n%s\n" % (url.encode(), len(body), body), url, body


def _pack_zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


def _pack_lz4(data: bytes) -> bytes:
    return lz4.frame.compress(data, content_checksum=True)


def _one_gzip(parts: list[bytes]) -> bytes:
    packer = zlib.compressobj(wbits=31)
    return b"".join(packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH) for part in parts) + packer.flush()


def _one_zstd(parts: list[bytes]) -> bytes:
    packer = zstandard.ZstdCompressor(write_checksum=True).compressobj()
    blocks = b"".join(packer.compress(part) + packer.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK) for part in parts)
    return blocks + packer.flush()


def _one_lz4(parts: list[bytes]) -> bytes:
    packer = lz4.frame.LZ4FrameCompressor(content_checksum=True, auto_flush=True)
    return packer.begin() + b"".join(packer.compress(part) for part in parts) + packer.flush()


Pack = Callable[[bytes], bytes]
RECORD_BY_RECORD: dict[str, tuple[Callable[[int, Random], tuple[bytes, str, bytes]], Pack]] = {
    "plain": (_warc_record, bytes),
    "arc": (_arc_record, bytes),
    "gzip": (_warc_record, lambda data: gzip.compress(data, mtime=0)),
    "arc_gzip": (_arc_record, lambda data: gzip.compress(data, mtime=0)),
    "zstd": (_warc_record, _pack_zstd),
    "lz4": (_warc_record, _pack_lz4),
}
IN_ONE_MEMBER: dict[str, Callable[[list[bytes]], bytes]] = {
    "one_gzip": _one_gzip,
    "one_zstd": _one_zstd,
    "one_lz4": _one_lz4,
}
LAYOUTS = (*RECORD_BY_RECORD, *IN_ONE_MEMBER)


def archive(layout: str, random: Random) -> Archive:
    """Build a whole file of 2 to 16 records; in the 20th part of all files, of 50."""
    make, pack = RECORD_BY_RECORD.get(layout, (_warc_record, bytes))
    data, units, parts = b"", [], []
    for number in range(50 if random.random() < 0.05 else random.randint(2, 16)):
        plain, url, body = make(number, random)
        packed = pack(plain)
        units.append(Unit(len(data), len(data) + len(packed), url, body))
        data += packed
        parts.append(plain)
    if layout in IN_ONE_MEMBER:
        return Archive(IN_ONE_MEMBER[layout](parts), tuple(units), plain=data)
    return Archive(data, tuple(units))


# Wounds.


def _stretch(size: int, random: Random) -> tuple[int, int]:
    at = random.randrange(size)
    return at, min(size, at + random.choice([1, 2, 5, 30, 200, 1500]))


def _flip(file: Wounded, random: Random) -> None:
    at = random.randrange(len(file.data))
    file.put(at, at + 1, bytes([file.data[at] ^ 1 << random.randrange(8)]))


def _zero(file: Wounded, random: Random) -> None:
    at, until = _stretch(len(file.data), random)
    file.put(at, until, bytes(until - at))


def _delete(file: Wounded, random: Random) -> None:
    at, until = _stretch(len(file.data), random)
    file.put(at, until, b"")


def _cut(file: Wounded, random: Random) -> None:
    file.put(random.randrange(1, len(file.data) + 1), len(file.data), b"")


def _insert(file: Wounded, random: Random) -> None:
    at, until = _stretch(len(file.data), random)
    file.put(at, at, random.randbytes(until - at))


def _copy_of(file: Wounded, random: Random) -> tuple[bytes, np.ndarray]:
    at, until = _stretch(len(file.data), random)
    return file.data[at:until], file.origin[at:until].copy()


def _splice(file: Wounded, random: Random) -> None:
    at, until = _stretch(len(file.data), random)
    file.put(at, until, *_copy_of(file, random))


def _duplicate(file: Wounded, random: Random) -> None:
    at = random.randrange(len(file.data) + 1)
    file.put(at, at, *_copy_of(file, random))


ALONE = (_flip, _zero, _delete, _cut, _insert)
WOUNDS = (*ALONE, _splice, _duplicate)


def wounded(data: bytes, random: Random) -> tuple[Wounded, bool]:
    """Give the file with one to four wounds, and whether it is one that repeats nothing."""
    file = Wounded(data, np.arange(len(data)))
    wounds = [random.choice(WOUNDS) for _ in range(random.choice([1, 1, 2, 4]))]
    for wound in wounds:
        if file.data:
            wound(file, random)
    return file, len(wounds) == 1 and wounds[0] in ALONE


# What must come out.


def check(layout: str, seed: int) -> Tally:
    """Wound a file and read it; AssertionError, with what to call again, if a rule is broken."""
    random = Random(f"{layout}/{seed}")
    whole = archive(layout, random)
    file, is_simple = wounded(whole.data, random)
    chunk = random.choice([97, 4096, 1 << 16])
    try:
        started = time.monotonic()
        with patch.object(chunks, "CHUNK", chunk):
            found = list(read_records(BytesIO(file.data), LIMIT))
        assert time.monotonic() - started < MAX_SECONDS, "too slow"
        assert accounted_bytes(found) == len(file.data), "bytes do not add up"
        if layout in IN_ONE_MEMBER:
            return _check_one_member(layout, whole, file, found, is_simple)
        _check_spans(found)
        return _check_units(layout, whole, file, found)
    except Exception as error:
        raise AssertionError(f"check({layout!r}, {seed}): {type(error).__name__}: {error}") from error


def _check_spans(found: list[Record | Gap]) -> None:
    end = 0
    for one in found:
        if isinstance(one, Record) or one.in_file:  # else its member was read, or is in another gap
            assert one.offset >= end, f"{one.offset} lies before {end}"
            end = one.offset + one.length


def _check_units(layout: str, whole: Archive, file: Wounded, found: list[Record | Gap]) -> Tally:
    records = {one.offset: one for one in found if isinstance(one, Record)}
    is_plain = layout in ("plain", "arc")
    if not is_plain:
        if starts_record(file.data[:MAX_HEAD_BYTES]):
            return Tally(files=1)
        originals = {(unit.url, unit.body) for unit in whole.units}
        given = {(one.headers.get("warc-target-uri"), bytes(one.body)) for one in records.values()}
        assert given <= originals, "made up"
    tally = Tally(files=1)
    for unit in whole.units:
        for at in _places(unit, file, needs_line=layout == "arc"):
            tally.untouched += 1
            record = records.get(at)
            if record and (record.headers.get("warc-target-uri"), record.body) == (unit.url, unit.body):
                tally.recovered += 1
                continue
            assert is_plain, f"record {unit.url} at {at} is lost"
            assert _is_swallowed(at, at + unit.end - unit.start, file, found), f"record {unit.url} at {at} is lost"
            tally.swallowed += 1
    return tally


def _places(unit: Unit, file: Wounded, needs_line: bool) -> list[int]:
    """Give where in the wounded file the record stands untouched; more than once where it was copied."""
    size = unit.end - unit.start
    starts = np.flatnonzero(file.origin == unit.start).tolist()
    wanted = np.arange(unit.start, unit.end)
    whole = [at for at in starts if np.array_equal(file.origin[at : at + size], wanted)]
    return [at for at in whole if not needs_line or at == 0 or file.data[at - 1 : at] == b"\n"]


def _is_swallowed(at: int, until: int, file: Wounded, found: list[Record | Gap]) -> bool:
    """Say whether a touched record covers the place, and ends where another starts or the file does."""
    for one in found:
        end = one.offset + one.length
        if isinstance(one, Record) and one.offset < at and until <= end:
            span = file.origin[one.offset : end]
            is_touched = not np.array_equal(span, np.arange(span[0], span[0] + len(span))) or span[0] == FOREIGN
            return is_touched and (end == len(file.data) or starts_record(file.data[end : end + MAX_HEAD_BYTES]))
    return False


def _inflated(layout: str, data: bytes) -> bytes:
    """Inflate byte by byte up to the first error: what lies before it."""
    unpack = {
        "one_gzip": lambda: zlib.decompressobj(wbits=31),
        "one_zstd": lambda: zstandard.ZstdDecompressor().decompressobj(),
        "one_lz4": lz4.frame.LZ4FrameDecompressor,
    }[layout]()
    out = bytearray()
    try:
        for i in range(len(data)):
            out += unpack.decompress(data[i : i + 1])
    except (zlib.error, zstandard.ZstdError, RuntimeError, EOFError):
        pass
    return bytes(out)


def _check_one_member(layout: str, whole: Archive, file: Wounded, found: list[Record | Gap], is_simple: bool) -> Tally:
    gaps = [one for one in found if isinstance(one, Gap)]
    given = [(one.headers.get("warc-target-uri"), one.body) for one in found if isinstance(one, Record)]
    inflated = _inflated(layout, file.data)
    same = next((i for i, (a, b) in enumerate(zip(inflated, whole.plain, strict=False)) if a != b), None)
    n_same = min(len(inflated), len(whole.plain)) if same is None else same
    wanted = [
        (u.url, u.body) for u in whole.units if n_same >= u.end + N_START or (u.end == len(whole.plain) and not gaps)
    ]
    assert given[: len(wanted)] == wanted, "a record before the damage is lost"
    assert gaps or given == [(unit.url, unit.body) for unit in whole.units], "a loss is not told"
    if is_simple and found[0] != Gap(0, found[0].length, "bad_start", file.data[:64]):
        assert len([one for one in gaps if one.in_file]) <= 1, "one wound, two gaps"
    return Tally(1, len(wanted), len(wanted))
