"""Which elements are open after each tag of a page: a bound from above on what a parser keeps open.

Follows HTML's tree construction where tags nest as they should, with the end tags that may be left out.
A tag that does not nest opens what it opens and closes nothing here: a parser never has more open
than this says, but for formatting elements, which it opens again after they were closed by what is
around them; those are counted apart.
"""

import numpy as np
import numpy.typing as npt

from transforms.text.compiled import kernel

Longs = npt.NDArray[np.int64]

MAX_OPEN = 8192
_MAX_SEARCH = 64

# Places in `told`, the counters of a survey.
TAGS, OPENERS, DEPTH, OPEN, OPEN_FORMATS, LEFT, FORMATS, OPTIONS, ATTRIBUTES, ROOT, HIDDEN, ODD, N_TOLD = range(13)


def packed(name: str) -> int:
    """Give a tag name as the kernels do: its first eight bytes, big-endian, and the top bit for more."""
    number = int.from_bytes(name.encode()[:8], "big")
    return number if len(name) <= 8 else number - (1 << 63)


def _bits(named: dict[str, str]) -> dict[int, int]:
    """Give each name its bits; bit ``i`` is the ``i``-th group's."""
    bits: dict[int, int] = {}
    for i, names in enumerate(named.values()):
        for name in names.split():
            bits[packed(name)] = bits.get(packed(name), 0) | 1 << i
    return bits


_GROUPS = {
    "void": "area base basefont bgsound br col embed frame hr img image input keygen link meta param source track wbr",
    "format": "a b big code em font i nobr s small strike strong tt u",
    "cell": "td th",
    "tr": "tr",
    "section": "tbody thead tfoot",
    "item": "dd dt",
    "option": "option",
    "optgroup": "optgroup",
    "p": "p",
    "li": "li",
    "root": "svg math",
    # Of the elements of SVG and MathML, only those that mean nothing in HTML: others may break out.
    "foreign": "g path circle rect ellipse line polygon polyline use defs symbol stop clippath mask text tspan mrow"
    " lineargradient radialgradient animate filter pattern mspace",
    # An end tag of these closes what is open inside, as long as that may be left unclosed.
    "block": "div p ul ol li dl dd dt table tbody thead tfoot tr td th section article main header footer nav aside"
    " form fieldset figure figcaption blockquote h1 h2 h3 h4 h5 h6 pre center select option optgroup body",
    "left_open": "p li dd dt option optgroup rt rp rb rtc label",
    "yielding": "a b big code em font i nobr s small strike strong tt u span",
    "table": "table tbody thead tfoot tr",
    "select": "select",
    "raw": "script style textarea title xmp iframe noembed noframes",
    "page": "html body",
    "script": "script",
    "plaintext": "plaintext",
}
_BIT = {group: 1 << i for i, group in enumerate(_GROUPS)}
_VOID, FORMAT, _CELL, _TR, _SECTION, _ITEM, _OPTION, _OPTGROUP = list(_BIT.values())[:8]
_P, _LI, _ROOT, _FOREIGN, _BLOCK, _LEFT_OPEN, _YIELDING, _TABLE, _SELECT = list(_BIT.values())[8:17]
RAW, PAGE, SCRIPT, PLAINTEXT = list(_BIT.values())[17:]
"""Bits of a tag name's kind."""
_NAMES = np.array(sorted(_bits(_GROUPS)), np.int64)
_KINDS = np.array([_bits(_GROUPS)[name] for name in _NAMES], np.int64)


@kernel
def kind_of(name: int) -> int:  # pragma: no cover
    """Give the bits of the groups that a packed name is in; 0 for names that mean nothing here."""
    low, high = 0, len(_NAMES)
    while low < high:
        middle = (low + high) >> 1
        if _NAMES[middle] < name:
            low = middle + 1
        else:
            high = middle
    return _KINDS[low] if low < len(_NAMES) and _NAMES[low] == name else 0


@kernel
def opened(name: int, kind: int, is_self_closed: bool, stack: Longs, told: Longs) -> None:  # pragma: no cover
    """Note a start tag.

    ``stack`` holds the open elements: names in row 0, kinds in row 1, whether SVG or MathML in row 2.
    """
    told[TAGS] += 1
    told[OPENERS] += 1
    told[OPTIONS] += kind & _OPTION != 0
    _close_implied(kind, stack, told)
    if kind & _VOID:
        return
    top = told[OPEN]
    is_foreign = kind & _ROOT or (kind & _FOREIGN and top > 0 and stack[2, top - 1])
    if is_foreign and is_self_closed:
        return
    if top == MAX_OPEN:
        told[ODD] = 1
        return
    stack[0, top], stack[1, top], stack[2, top] = name, kind, 1 if is_foreign else 0
    told[OPEN] += 1
    told[DEPTH] = max(told[DEPTH], told[OPEN])
    if kind & FORMAT:
        told[OPEN_FORMATS] += 1
        told[FORMATS] = max(told[FORMATS], told[OPEN_FORMATS] + told[LEFT])


@kernel
def closed(name: int, kind: int, stack: Longs, told: Longs) -> None:  # pragma: no cover
    """Note an end tag; one that does not nest closes nothing."""
    told[TAGS] += 1
    top = told[OPEN]
    for below in range(min(top, _MAX_SEARCH)):
        at = top - 1 - below
        if stack[0, at] == name:
            for i in range(at, top):
                is_format = stack[1, i] & FORMAT != 0
                told[OPEN_FORMATS] -= is_format
                told[LEFT] += is_format and i > at
            told[OPEN] = at
            return
        if not _yields(stack[1, at], kind):
            return


@kernel
def is_special(stack: Longs, told: Longs) -> bool:  # pragma: no cover
    """Say whether SVG, MathML or a ``<select>`` is open, where scripts and titles are read by other rules."""
    top = told[OPEN]
    return np.any(stack[2, :top]) or np.any(stack[1, :top] & _SELECT)


@kernel
def _yields(inner: int, kind: int) -> bool:  # pragma: no cover
    """Say whether an end tag surely closes an open ``inner`` on its way; both are kinds."""
    if inner & _YIELDING:
        return True
    if inner & (_CELL | _TR | _SECTION):
        return kind & _TABLE != 0
    return kind & _BLOCK != 0 and inner & _LEFT_OPEN != 0


@kernel
def _close_implied(kind: int, stack: Longs, told: Longs) -> None:  # pragma: no cover
    """Close what a start tag closes without an end tag, where that is the innermost open element."""
    closes = kind & (_P | _LI | _ITEM)
    if kind & (_CELL | _TR | _SECTION):
        closes |= _CELL
    if kind & (_TR | _SECTION):
        closes |= _TR
    if kind & _SECTION:
        closes |= _SECTION
    if kind & (_OPTION | _OPTGROUP):
        closes |= _OPTION | kind & _OPTGROUP
    while told[OPEN] > 0 and stack[1, told[OPEN] - 1] & closes:
        told[OPEN] -= 1
