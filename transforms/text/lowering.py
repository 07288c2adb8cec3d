"""Lower case of many texts at once, as ``str.lower`` makes it of each: any script, the final sigma too."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.text.compiled import inlined, kernel
from transforms.text.scanning import char_before
from transforms.text.unicode import Bytes, Ints, Longs, char_at

_CASED, _SEEN_THROUGH = 1, 2  # beside a sigma the nearest character that is not seen through decides
_DOTTED_I, _DOT_ABOVE, _SIGMA, _LOWER_SIGMA, _FINAL_SIGMA = 0x130, 0x307, 0x3A3, 0x3C3, 0x3C2


class LowerTables(NamedTuple):
    """Built once per process by ``lower_tables``."""

    lower: Ints
    """For every code point its lower-case one; the first of two for ``İ``, ``σ`` for the sigma."""
    kinds: Bytes
    """For every code point what it is to a sigma beside it."""


@lru_cache(maxsize=1)
def lower_tables() -> LowerTables:
    """Give the tables, made by asking this Python's ``str.lower`` (0.2 s)."""
    codes = np.arange(0x110000, dtype=np.uint32)
    codes[_DOTTED_I] = ord("A")  # cased, too, and one character long in lower case
    lower = _lower_rows(np.stack([np.full_like(codes, 0x20), codes], axis=1))[:, 1].astype(np.int32)
    lower[_DOTTED_I] = ord("i")
    is_cased, is_any = _makes_final(0x20, codes), _makes_final(0x41, codes)
    kinds = np.where(is_cased, _CASED, np.where(is_any, _SEEN_THROUGH, 0))
    return LowerTables(lower, kinds.astype(np.uint8))


def _makes_final(before: int, codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """Say of each character whether a sigma is final behind ``before`` and it, and before a space."""
    rows = np.stack(
        [np.full_like(codes, before), codes, np.full_like(codes, _SIGMA), np.full_like(codes, 0x20)], axis=1
    )
    return _lower_rows(rows)[:, 2] == _FINAL_SIGMA


def _lower_rows(rows: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    text = rows.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass").lower()
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").reshape(rows.shape)


def lower_texts(data: Bytes, offsets: Longs) -> tuple[Bytes, Longs]:
    """Give each text in lower case.

    Args:
        data: Valid UTF-8 bytes of all texts, one after another.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.

    Returns:
        The same of the texts in lower case, which may be longer or shorter; the first offset is 0.
    """
    lowered, lowered_offsets = _lower(data, offsets, lower_tables())
    lowered.flags.writeable = False  # as Arrow's buffers are: every kernel is compiled for one type only
    return lowered, lowered_offsets


@kernel
def _lower(data: Bytes, offsets: Longs, tables: LowerTables) -> tuple[Bytes, Longs]:  # pragma: no cover
    out = np.empty(
        (offsets[-1] - offsets[0]) * 3 // 2, np.uint8
    )  # no character grows from two bytes to more than three
    out_offsets = np.zeros(len(offsets), np.int64)
    n = 0
    for i in range(len(offsets) - 1):
        text, at = data[offsets[i] : offsets[i + 1]], 0
        while at < len(text):
            end = ascii_end(text, at)
            n += _lower_ascii(text[at:end], out[n:])
            at = end
            while at < len(text) and text[at] >= 0x80:
                code, size = char_at(text, at)
                is_final = code == _SIGMA and _is_final(text, at, tables.kinds)
                n = _put(out, n, _FINAL_SIGMA if is_final else tables.lower[code])
                if code == _DOTTED_I:
                    n = _put(out, n, _DOT_ABOVE)
                at += size
        out_offsets[i + 1] = n
    return out[:n], out_offsets


@kernel
def ascii_end(text: Bytes, at: int) -> int:  # pragma: no cover
    """Give where the next byte beyond ASCII is, from ``at`` on, or the end."""
    while at + 16 <= len(text):
        block = text[at : at + 16]
        any_of = np.uint8(0)
        for j in range(16):  # without a way out, so that the compiler looks at all bytes at once
            any_of |= block[j]
        if any_of >= 0x80:
            break
        at += 16
    while at < len(text) and text[at] < 0x80:
        at += 1
    return at


@kernel
def _lower_ascii(text: Bytes, out: Bytes) -> int:  # pragma: no cover
    """Write ASCII in lower case to the begin of ``out``; gives its length."""
    for i in range(len(text)):
        b = text[i]
        out[i] = b | np.uint8(32) if 65 <= b <= 90 else b
    return len(text)


@kernel
def _is_final(text: Bytes, at: int, kinds: Bytes) -> bool:  # pragma: no cover
    """Say whether the sigma at ``at`` ends a word: something cased before, and nothing cased behind."""
    before = at
    code, size = char_before(text, 0, before)
    while before > 0 and kinds[code] == _SEEN_THROUGH:
        before -= size
        code, size = char_before(text, 0, before)
    if before == 0 or kinds[code] != _CASED:
        return False
    behind = at + 2
    while behind < len(text):
        code, size = char_at(text, behind)
        if kinds[code] != _SEEN_THROUGH:
            return kinds[code] != _CASED
        behind += size
    return True


@inlined
def _put(out: Bytes, n: int, code: int) -> int:  # pragma: no cover
    """Write a character behind the ``n`` bytes that are there; gives the new number of bytes."""
    if code < 0x80:
        out[n] = code
        return n + 1
    if code < 0x800:
        out[n], out[n + 1] = 0xC0 | code >> 6, 0x80 | code & 0x3F
        return n + 2
    if code < 0x10000:
        out[n], out[n + 1], out[n + 2] = 0xE0 | code >> 12, 0x80 | code >> 6 & 0x3F, 0x80 | code & 0x3F
        return n + 3
    out[n], out[n + 1] = 0xF0 | code >> 18, 0x80 | code >> 12 & 0x3F
    out[n + 2], out[n + 3] = 0x80 | code >> 6 & 0x3F, 0x80 | code & 0x3F
    return n + 4
