r"""Lines that are only a counter of a social network, "1.2K likes" (RefinedWeb, appendix; DCLM's recipe, step 20).

The definition is a regular expression of Python's ``re``, looked for in ``line.lower()``::

    ^\W*\d(?:,|\.|\d)*(?:K|k|M|m|B|b)?\s+(?:UNIT)\W*$

where UNIT is one of the words below. Lower case turns the Kelvin sign to k, and no other character outside
ASCII to a letter of these words, nor a character of a word to one of none.
"""

from transforms.text.cases import DECIMAL, WORD
from transforms.text.compiled import kernel
from transforms.text.unicode import SPACE, Bytes, char_at

_UNITS = (
    b"likes",
    b"shares",
    b"comments",
    b"retweets",
    b"reposts",
    b"quotes",
    b"bookmarks",
    b"upvotes",
    b"downvotes",
    b"downloads",
    b"views",
    b"followers",
)


@kernel
def is_counter(line: Bytes, first: int, kinds: Bytes) -> bool:  # pragma: no cover
    """Say whether the line from byte ``first`` to the end is a counter."""
    at = _after_others(line, first, kinds)
    number = at
    while at < len(line):
        code, size = char_at(line, at)
        if not kinds[code] & DECIMAL and (at == number or (code != 44 and code != 46)):
            break
        at += size
    if at == number or at == len(line):
        return False
    code, size = _lower_at(line, at)
    if code == 107 or code == 109 or code == 98:  # k, m, b
        at += size
    space = at
    while at < len(line) and kinds[char_at(line, at)[0]] & SPACE:
        at += char_at(line, at)[1]
    after = _after_unit(line, at)
    return space < at < after and _after_others(line, after, kinds) == len(line)


@kernel
def _after_others(line: Bytes, at: int, kinds: Bytes) -> int:  # pragma: no cover
    """Give the next character of a word, or the end."""
    while at < len(line):
        code, size = char_at(line, at)
        if kinds[code] & WORD:
            break
        at += size
    return at


@kernel
def _after_unit(line: Bytes, start: int) -> int:  # pragma: no cover
    """Give the end of the unit that begins at ``start``; 0 if none does."""
    for unit in _UNITS:
        at = start
        size = 0
        while size < len(unit) and at < len(line):
            code, width = _lower_at(line, at)
            if code != unit[size]:
                break
            at += width
            size += 1
        if size == len(unit):
            return at
    return 0


@kernel
def _lower_at(line: Bytes, at: int) -> tuple[int, int]:  # pragma: no cover
    code, size = char_at(line, at)
    if 65 <= code <= 90:
        return code + 32, size
    return (107, size) if code == 0x212A else (code, size)
