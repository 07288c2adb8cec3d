"""The tags of a page, read one by one from its bytes as an HTML tokeniser does, and what they add up to.

Nothing is built, so this is linear: 1 to 3 ns a byte. Where a parser might see markup and this does
not, the page is marked odd.
"""

from typing import NamedTuple

import numpy as np

from transforms.text import nesting
from transforms.text.compiled import kernel
from transforms.text.nesting import ATTRIBUTES, HIDDEN, N_TOLD, ODD, ROOT, Longs
from transforms.text.tags import GT, LT, SLASH, attributes_at, find, is_letter, name_at
from transforms.text.unicode import Bytes


class Markup(NamedTuple):
    """What a page's tags add up to; all are bounds from above unless the page is odd.

    Attributes:
        n_tags: Start and end tags.
        n_openers: Start tags.
        max_depth: Most elements open at once.
        n_formats_left: Most formatting elements (``<b>``, ``<font>``, ``<a>`` …) that are open, or were
            closed by something else and may open again.
        n_options: ``<option>`` tags.
        n_attribute_pairs: Sum of the squares of the tags' numbers of attributes.
        n_root_attributes: Attributes of all ``<html>`` and ``<body>`` tags, which a parser joins.
        n_hidden: ``<`` in comments, scripts and attribute values.
        is_odd: A parser might read it in another way: CDATA, ``<plaintext>``, raw text in SVG, …
    """

    n_tags: int
    n_openers: int
    max_depth: int
    n_formats_left: int
    n_options: int
    n_attribute_pairs: int
    n_root_attributes: int
    n_hidden: int
    is_odd: bool


_BANG, _QUESTION, _OPENING_BRACKET, _DASH = 33, 63, 91, 45


def survey(data: Bytes) -> Markup:
    """Read the tags of a page in a charset whose ``<`` is ASCII's."""
    told = [int(number) for number in _survey(data)]
    tags, openers, depth, _, _, _, formats, options, attributes, roots, hidden, is_odd = told
    return Markup(tags, openers, depth, formats, options, attributes, roots, hidden, bool(is_odd))


@kernel
def _survey(data: Bytes) -> Longs:  # pragma: no cover
    told = np.zeros(N_TOLD, np.int64)
    stack = np.zeros((3, nesting.MAX_OPEN), np.int64)
    i, end = 0, len(data) - 1
    while not told[ODD]:
        i = find(data, LT, i)
        if i >= end:
            break
        if is_letter(data[i + 1]):
            i = _start_tag(data, i + 1, stack, told)
        elif data[i + 1] == SLASH and i + 2 <= end and is_letter(data[i + 2]):
            name, i = name_at(data, i + 2)
            i, _, _ = attributes_at(data, i, told)
            nesting.closed(name, nesting.kind_of(name), stack, told)
        elif data[i + 1] == _BANG or data[i + 1] == SLASH or data[i + 1] == _QUESTION:
            i = _no_tag(data, i, told)
        else:
            i += 1
    return told


@kernel
def _start_tag(data: Bytes, i: int, stack: Longs, told: Longs) -> int:  # pragma: no cover
    name, i = name_at(data, i)
    i, n_attributes, is_self_closed = attributes_at(data, i, told)
    told[ATTRIBUTES] += n_attributes * n_attributes
    kind = nesting.kind_of(name)
    if kind & nesting.PAGE:
        told[ROOT] += n_attributes
    if kind & nesting.PLAINTEXT:
        told[ODD] = 1
    nesting.opened(name, kind, is_self_closed, stack, told)
    if kind & nesting.RAW:
        hidden = told[HIDDEN]
        i = _raw_text(data, i, name, told)
        if told[HIDDEN] > hidden and nesting.is_special(stack, told):
            told[ODD] = 1
    return i


@kernel
def _no_tag(data: Bytes, i: int, told: Longs) -> int:  # pragma: no cover
    """Pass over a comment, doctype or processing instruction that begins at ``i``."""
    end = len(data)
    told[ODD] |= data[i + 1] == _BANG and i + 2 < end and data[i + 2] == _OPENING_BRACKET  # CDATA, where SVG is open
    is_comment = i + 3 < end and data[i + 1] == _BANG and data[i + 2] == _DASH and data[i + 3] == _DASH
    start = i
    i += 2
    while i < end:
        if data[i] == GT and (not is_comment or _ends_comment(data, start, i)):
            return i + 1
        told[HIDDEN] += data[i] == LT
        i += 1
    return end


@kernel
def _ends_comment(data: Bytes, start: int, i: int) -> bool:  # pragma: no cover
    """Say whether the ``>`` at ``i`` ends the comment: ``-->``, or ``--!>`` behind its opening dashes."""
    if i >= start + 4 and data[i - 1] == _DASH and data[i - 2] == _DASH:
        return True
    return i >= start + 7 and data[i - 1] == _BANG and data[i - 2] == _DASH and data[i - 3] == _DASH


@kernel
def _raw_text(data: Bytes, i: int, name: int, told: Longs) -> int:  # pragma: no cover
    """Find the end tag of an element whose content is text; gives where it begins."""
    end, has_comment = len(data), False
    i = find(data, LT, i)
    while i < end - 1:
        if data[i + 1] == SLASH:
            found, after = name_at(data, i + 2)
            if found == name and after < end:
                return i
        elif data[i + 1] == _BANG:
            has_comment = True
        elif has_comment and nesting.kind_of(name) & nesting.SCRIPT and (data[i + 1] | 32) == 115:
            told[ODD] = 1  # `<!--<script>` hides one `</script>` from a parser
        told[HIDDEN] += 1
        i = find(data, LT, i + 1)
    return end
