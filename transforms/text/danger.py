"""Whether a page can make an HTML parser slow, told from its bytes before it is parsed.

Building a document tree is quadratic in places: with resiliparse 2.0.1 (lexbor) on one core of 2026,

- deep nesting costs 15 ns x (depth) x (tags): 20,000 unclosed ``<div>``, 98 KB, take 6 s;
- a formatting element that is left open is opened again in every block that follows, at 0.7 us a
  time: 1,500 ``<font a=1>`` between as many misplaced ``<tr>``, 25 KB, take 1.6 s;
- attributes are compared with all others of their tag, 1.7 ns a pair: 16,000 of them take 0.4 s;
- each ``<option>`` walks over those before it, 2 ns a pair: 10,000 take 0.2 s;
- all else is linear, about 2 us and 600 bytes a tag: 2.6 million ``<p>`` in 10 MB, 4 s and 1.4 GB.

Two looks bound all five. The first counts in one vector loop over the bytes, 0.1 ns a byte, and lets
nearly all pages pass: with so few tags, no arrangement of them takes more than a second. The second
reads the tags of the others one by one (``markup``), and is exact enough to let large but orderly
pages pass. It may call a harmless page harmful, which costs a trip to another process. Bytes in
which markup can hide from it (UTF-16, escape sequences) are never called harmless by it.
"""

import numpy as np

from transforms.text import markup
from transforms.text.compiled import kernel
from transforms.text.unicode import Bytes

# First look. With 2,048 opening tags the worst arrangement known (half of them formats that are
# never closed, each opened again after the other half) takes 0.7 s, and 2,048 nested ones 0.1 s.
MAX_OPENERS = 2048
# Places where an attribute may begin, in text or tag: as attributes of one tag they take 1 s. Words of
# long texts and scripts count too, so a lower limit would send more large pages to the second look.
MAX_STARTS = 24_576
# In UTF-16 a byte is no character, and an attribute has four bytes or more.
MAX_WIDE_BYTES = 4 * MAX_STARTS

# Second look: each limit is what takes 0.2 s where nothing else does.
MAX_TAGS = 100_000
MAX_DEPTH_TIMES_TAGS = 13_000_000
MAX_REOPENED = 300_000
MAX_OPTIONS = 8_000
MAX_ATTRIBUTE_PAIRS = 100_000_000
# `<` in comments, scripts and attribute values, which are no tags if this look is right.
MAX_HIDDEN = 2_048

_BLOCK = 128  # counts of a block fit into a byte, so that the loop is compiled to vector instructions


def is_harmless(body: bytes) -> bool:
    """Say whether a page, in any charset that HTML allows, can be parsed without danger of a long wait."""
    data = np.frombuffer(body, np.uint8)
    openers, starts, is_wide = _counts(data)
    if openers <= MAX_OPENERS and (len(body) <= MAX_WIDE_BYTES if is_wide else starts <= MAX_STARTS):
        return True
    # In ISO-2022 a `<` may be half of a character. In all other charsets of the web that are not wide, the
    # bytes of `<`, `>`, `=`, `/`, quotes and spaces are those characters and nothing else.
    return not is_wide and b"\x1b" not in body and is_orderly(markup.survey(data))


def is_orderly(page: markup.Markup) -> bool:
    """Say whether what was counted in a page keeps all of its costs within 0.2 s."""
    return (
        not page.is_odd
        and page.n_tags <= MAX_TAGS
        and page.max_depth * page.n_tags <= MAX_DEPTH_TIMES_TAGS
        and page.n_formats_left * page.n_openers <= MAX_REOPENED
        and page.n_options <= MAX_OPTIONS
        and page.n_attribute_pairs + page.n_root_attributes**2 <= MAX_ATTRIBUTE_PAIRS
        and page.n_hidden <= MAX_HIDDEN
    )


@kernel
def _counts(data: Bytes) -> tuple[int, int, bool]:  # pragma: no cover
    """Count ``<`` without ``/`` behind it, and bytes that a new attribute may begin at; a bound from above.

    The third answer is whether there is a NUL. The last byte of all counts as neither of the two.
    """
    n_openers = n_starts = np.int64(0)
    is_wide = len(data) > 0 and data[-1] == 0
    n_pairs = max(0, len(data) - 1)
    n_blocks = n_pairs // _BLOCK
    for block in range(n_blocks):
        openers = starts = nuls = np.uint8(0)
        for j in range(block * _BLOCK, block * _BLOCK + _BLOCK):
            openers = np.uint8(openers + _is_opener(data[j], data[j + 1]))
            starts = np.uint8(starts + _is_start(data[j], data[j + 1]))
            nuls = np.uint8(nuls | (data[j] == 0))
        n_openers += openers
        n_starts += starts
        is_wide = is_wide or nuls > 0
    for j in range(n_blocks * _BLOCK, n_pairs):
        n_openers += _is_opener(data[j], data[j + 1])
        n_starts += _is_start(data[j], data[j + 1])
        is_wide = is_wide or data[j] == 0
    return n_openers, n_starts, is_wide


@kernel
def _is_opener(b: int, after: int) -> np.uint8:  # pragma: no cover
    return np.uint8((b == 60) & (after != 47))


@kernel
def _is_start(b: int, after: int) -> np.uint8:  # pragma: no cover
    divides = (b <= 32) | (b == 47) | (b == 34) | (b == 39)
    return np.uint8(divides & (after > 32) & (after != 47) & (after != 62) & (after != 60))
