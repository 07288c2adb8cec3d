"""Small looks at a text that several kernels share."""

from transforms.text.compiled import inlined
from transforms.text.eights import count_before, eight_at, first_equal
from transforms.text.unicode import SPACE, Bytes, char_at


@inlined
def char_before(text: Bytes, floor: int, at: int) -> tuple[int, int]:  # pragma: no cover
    """Decode the code point that ends at byte ``at``; gives it and its length; NUL and 0 at ``floor``."""
    if at == floor:
        return 0, 0
    start = at - 1
    while text[start] & 0xC0 == 0x80:
        start -= 1
    return char_at(text, start)


@inlined
def before_spaces(text: Bytes, floor: int, at: int, most: int, kinds: Bytes) -> int:  # pragma: no cover
    """Give where the white space that ends at ``at`` begins: at most so many characters, none before ``floor``."""
    for _ in range(most):
        code, size = char_before(text, floor, at)
        if not kinds[code] & SPACE:
            break
        at -= size
    return at


@inlined
def after_spaces(text: Bytes, at: int, most: int, kinds: Bytes) -> int:  # pragma: no cover
    """Give where the white space that begins at ``at`` ends: at most so many characters."""
    for _ in range(most):
        if at == len(text):
            break
        code, size = char_at(text, at)
        if not kinds[code] & SPACE:
            break
        at += size
    return at


@inlined
def next_byte(data: Bytes, byte: int, at: int, end: int) -> int:  # pragma: no cover
    """Give where ``byte`` comes next, from ``at`` on, or ``end``."""
    while at < end:
        marks = first_equal(eight_at(data, at), byte)
        at += count_before(marks)
        if marks != 0:
            break
    return min(at, end)


@inlined
def count_words(text: Bytes, at: int, most: int, kinds: Bytes) -> int:  # pragma: no cover
    """Count the words (``str.split``) from byte ``at`` to the end of the text; stops at ``most``."""
    n = 0
    was_space = True
    while at < len(text) and n < most:
        code, size = char_at(text, at)
        is_space = kinds[code] & SPACE != 0
        n += was_space and not is_space
        was_space = is_space
        at += size
    return n
