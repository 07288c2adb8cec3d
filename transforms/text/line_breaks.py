"""Where lines end as ``str.splitlines`` cuts them: at more characters than the new-line."""

from numba import njit

from transforms.text.unicode import Bytes


@njit(cache=True, nogil=True)
def line_end(text: Bytes, at: int) -> tuple[int, int]:  # pragma: no cover
    """Give where the line ends that ``at`` is in, and the size of the line break there."""
    size = 0
    while at < len(text):
        b = text[at]
        if b < 32 or b == 0xC2 or b == 0xE2:  # the only bytes that begin a line break
            size = _break_size(text, at)
        if size > 0:
            break
        at += 1
    return at, size


@njit(cache=True, nogil=True)
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
