"""One tag of a page, read from its bytes by the rules of HTML's tokeniser."""

import numpy as np

from transforms.text.compiled import kernel
from transforms.text.nesting import HIDDEN, Longs
from transforms.text.unicode import Bytes

LT, GT, SLASH, EQUALS = 60, 62, 47, 61


@kernel
def find(data: Bytes, byte: int, i: int) -> int:  # pragma: no cover
    """Give where ``byte`` comes next, from ``i`` on, or the end."""
    for at in range(i, len(data)):
        if data[at] == byte:
            return at
    return len(data)


@kernel
def name_at(data: Bytes, i: int) -> tuple[int, int]:  # pragma: no cover
    """Read a tag name; gives it packed in lower case, and where it ends."""
    name, start, end = np.int64(0), i, len(data)
    while i < end and not (_is_space(data[i]) or data[i] == SLASH or data[i] == GT):
        if i - start < 8:
            b = np.int64(data[i])
            name = name << 8 | (b + 32 if 65 <= b <= 90 else b)
        i += 1
    return (name | np.int64(-(1 << 63)) if i - start > 8 else name), i


@kernel
def attributes_at(data: Bytes, i: int, told: Longs) -> tuple[int, int, bool]:  # pragma: no cover
    """Read a tag from behind its name to its end; gives where that is, its attributes, and if it ends in ``/>``."""
    n, end = 0, len(data)
    while i < end:
        if data[i] == GT:
            return i + 1, n, data[i - 1] == SLASH
        if _is_space(data[i]) or data[i] == SLASH:
            i += 1
            continue
        n += 1
        start = i
        while i < end and (i == start or data[i] != EQUALS) and not _ends_name(data[i]):
            told[HIDDEN] += data[i] == LT
            i += 1
        i = _value(data, i, told)
    return end, n, False


@kernel
def _value(data: Bytes, i: int, told: Longs) -> int:  # pragma: no cover
    """Pass over ``= value``, if there is one."""
    end = len(data)
    i = _after_space(data, i)
    if i == end or data[i] != EQUALS:
        return i
    i = _after_space(data, i + 1)
    if i < end and (data[i] == 34 or data[i] == 39):
        quote = data[i]
        i += 1
        close = find(data, quote, i)
        told[HIDDEN] += _n_lt(data, i, close)
        return min(close + 1, end)
    while i < end and not _is_space(data[i]) and data[i] != GT:
        told[HIDDEN] += data[i] == LT
        i += 1
    return i


@kernel
def _n_lt(data: Bytes, start: int, end: int) -> int:  # pragma: no cover
    n = 0
    for i in range(start, end):
        n += data[i] == LT
    return n


@kernel
def _after_space(data: Bytes, i: int) -> int:  # pragma: no cover
    while i < len(data) and _is_space(data[i]):
        i += 1
    return i


@kernel
def _ends_name(b: int) -> bool:  # pragma: no cover
    return _is_space(b) or b in (SLASH, GT)


@kernel
def _is_space(b: int) -> bool:  # pragma: no cover
    return b == 32 or b == 10 or b == 9 or b == 13 or b == 12


@kernel
def is_letter(b: int) -> bool:  # pragma: no cover
    """Say whether a byte is an ASCII letter: what a tag name begins with."""
    return 97 <= (b | 32) <= 122
