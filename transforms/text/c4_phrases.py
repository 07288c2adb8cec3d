"""What C4's rules look for in a line, in any case: placeholder text, JavaScript, policies; and citations.

Each phrase is found by its rarest letter. ``str.lower`` makes a ``k`` of the Kelvin sign, three bytes in UTF-8, and
no other letter of these phrases of anything but itself; a ``k`` is in "cookie" only, and so it parts those phrases.
"""

import numpy as np

from transforms.text.cases import DECIMAL
from transforms.text.compiled import kernel
from transforms.text.scanning import next_byte
from transforms.text.unicode import Bytes, char_at

LOREM_IPSUM, JAVASCRIPT, CURLY_BRACKET, POLICY = 1, 2, 4, 8
"""Bits of what is found."""

_SAME_CASE, _ANY_CASE = 0, 32  # the bit that makes a letter of ASCII a lower-case one

# What follows the rarest letter, with the lower-case bit; 0, which no byte is then, for other letters.
_NEXT = np.zeros(256, np.uint8)
for _letters, _next in ((b"jJvV", b"a"), (b"pPmM", b"s"), (b"kK", b"i"), (b"\xe2", b"\xa4")):
    _NEXT[list(_letters)] = _next[0]


@kernel
def may_hold(text: Bytes) -> bool:  # pragma: no cover
    """Say whether something may be in a text, or in what is left of it without citations; in few texts it may.

    Looks for a rare part of each phrase. Without branches, and with a flag of a byte, so that the compiler takes
    32 places or more at once.
    """
    n = max(len(text) - 3, 0)
    one, two, three, four = text[:n], text[1 : n + 1], text[2 : n + 2], text[3 : n + 3]
    found = np.uint8(0)
    for i in range(len(text)):
        found = np.uint8(found | np.uint8(text[i] == 0x7B))
    for i in range(n):
        a, b, c, d = one[i] | np.uint8(32), two[i] | np.uint8(32), three[i] | np.uint8(32), four[i] | np.uint8(32)
        is_part = (a == 0x6A) & (b == 0x61) & (c == 0x76)  # jav
        is_part |= (a == 0x76) & (b == 0x61) & (c == 0x63)  # vac
        is_part |= (a == 0x70) & (b == 0x73) & (c == 0x75)  # psu
        is_part |= (a == 0x6D) & (b == 0x73) & (c == 0x20) & (d == 0x6F)  # ms o
        is_part |= (a == 0x6B) & (b == 0x69) & (c == 0x65)  # kie
        is_part |= (one[i] == 0x5B) & ((b >= 0x80) | (b == 0x7D) | (b == 0x65) | (b == 0x63) | (b & 0x30 == 0x30))
        is_part |= (a == 0xE2) & (b == 0xA4) & (c == 0xAA)  # the Kelvin sign
        found = np.uint8(found | np.uint8(is_part))
    return found > 0


@kernel
def find_phrases(line: Bytes) -> int:  # pragma: no cover
    """Say what is in a line of valid UTF-8, as bits."""
    found = CURLY_BRACKET if next_byte(line, 0x7B, 0, len(line)) < len(line) else 0
    for at in range(len(line) - 1):
        if line[at + 1] | 32 == _NEXT[line[at]]:
            found |= _phrase_at(line, at)
    return found


@kernel
def _phrase_at(line: Bytes, at: int) -> int:  # pragma: no cover
    """Give the bit of the phrase whose rarest letter is at ``at``."""
    letter = line[at] | 32
    if letter == 0x6A and _is_at(line, at, b"javascript", _ANY_CASE):
        return JAVASCRIPT
    if letter == 0x70 and _is_at(line, at - 7, b"lorem ipsum", _ANY_CASE):
        return LOREM_IPSUM
    if letter == 0x76 and _is_at(line, at - 3, b"privacy policy", _ANY_CASE):
        return POLICY
    if letter == 0x6D and _is_at(line, at - 3, b"terms of use", _ANY_CASE):
        return POLICY
    is_kelvin = line[at] == 0xE2 and line[at + 1] == 0x84 and line[at + 2] == 0xAA
    return _cookie_at(line, at, 3 if is_kelvin else 1) if is_kelvin or letter == 0x6B else 0


@kernel
def _cookie_at(line: Bytes, at: int, size: int) -> int:  # pragma: no cover
    """Find "cookie policy", "uses cookies", "use of cookies" and "use cookies" around a ``k`` of so many bytes."""
    if not _is_at(line, at - 3, b"coo", _ANY_CASE):
        return 0
    is_policy = _is_at(line, at + size, b"ie policy", _ANY_CASE)
    if not is_policy and _is_at(line, at + size, b"ies", _ANY_CASE):
        is_policy = (
            _is_at(line, at - 7, b"use ", _ANY_CASE)
            or _is_at(line, at - 8, b"uses ", _ANY_CASE)
            or _is_at(line, at - 10, b"use of ", _ANY_CASE)
        )
    return POLICY if is_policy else 0


@kernel
def citation_size(line: Bytes, at: int, kinds: Bytes) -> int:  # pragma: no cover
    """Give the size of the citation whose ``[`` is at ``at``; 0 for none. Digits are those of ``str.isdecimal``."""
    if _is_at(line, at + 1, b"edit]", _SAME_CASE):
        return 6
    if _is_at(line, at + 1, b"citation needed]", _SAME_CASE):
        return 17
    end = at + 1
    while end < len(line):
        code, size = char_at(line, end)
        if not kinds[code] & DECIMAL:
            return end + 1 - at if code == 93 else 0
        end += size
    return 0


@kernel
def _is_at(line: Bytes, at: int, phrase: bytes, case: int) -> bool:  # pragma: no cover
    """Say whether the phrase begins at byte ``at``, which may be outside the line."""
    if at < 0 or at + len(phrase) > len(line):
        return False
    for i in range(len(phrase)):
        b = line[at + i]
        if (b | case if 65 <= b <= 90 else b) != phrase[i]:
            return False
    return True
