"""Where lines end as ``str.splitlines`` cuts them: at more characters than the new-line."""

from transforms.text.compiled import inlined
from transforms.text.eights import count_before, eight_at, first_control, first_equal
from transforms.text.unicode import Bytes


@inlined
def line_end(text: Bytes, at: int) -> tuple[int, int]:  # pragma: no cover
    """Give where the line ends that ``at`` is in, and the size of the line break there."""
    while at < len(text):
        eight = eight_at(text, at)
        # The only bytes that begin a line break; behind the text are zeros, which are below 32 too.
        marks = first_control(eight) | first_equal(eight, 0xC2) | first_equal(eight, 0xE2)
        at += count_before(marks)
        if marks != 0 and at < len(text):
            size = _break_size(text, at)
            if size > 0:
                return at, size
            at += 1
    return len(text), 0


@inlined
def _break_size(text: Bytes, at: int) -> int:  # pragma: no cover
    r"""Give the size of the line break at byte ``at``, 0 for none: those of ``str.splitlines``."""
    b = text[at]
    if b == 13:
        return 2 if at + 1 < len(text) and text[at + 1] == 10 else 1
    if b < 32:
        return 1 if 10 <= b <= 12 or 0x1C <= b <= 0x1E else 0
    if b == 0xC2:
        return 2 if text[at + 1] == 0x85 else 0
    if b == 0xE2:
        return 3 if text[at + 1] == 0x80 and text[at + 2] & 0xFE == 0xA8 else 0  # U+2028 and U+2029
    return 0
