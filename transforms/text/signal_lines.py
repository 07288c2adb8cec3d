"""RedPajama-Data-V2's signals of lines (Weber et al. 2024), one value per text."""

from transforms.text.cases import DIGIT, UPPER
from transforms.text.compiled import inlined, kernel
from transforms.text.text_lines import FIRST, LAST
from transforms.text.unicode import Bytes, Doubles, Ints, char_at

_BULLETS = tuple(map(ord, "•‣▶◀◦■□▪▫–"))


@kernel
def describe_lines(text: Bytes, lines: Ints, kinds: Bytes, row: Doubles) -> None:  # pragma: no cover
    """Measure shares of lines by bullet, ellipsis and end mark, and mean shares of upper-case letters and digits.

    Args:
        text: Valid UTF-8 of one text.
        lines: As ``text_lines.cut_lines`` gives them; blank ones are left out.
        kinds: ``cases.cases()``.
        row: These five numbers, to be filled; zeros before.
    """
    n_lines = 0
    for k in range(len(lines)):
        first, last = lines[k, FIRST], lines[k, LAST]
        if first < last:
            n_lines += 1
            row[0] += char_at(text, first)[0] in _BULLETS
            row[1] += _ends_in_ellipsis(text, first, last)
            row[2] += _ends_in_mark(text, first, last)
            n_upper, n_digits, n_chars = _count_kinds(text[first:last], kinds)
            row[3] += n_upper / n_chars
            row[4] += n_digits / n_chars
    if n_lines > 0:
        row /= n_lines


@inlined
def _ends_in_ellipsis(text: Bytes, first: int, last: int) -> bool:  # pragma: no cover
    """``...`` or ``…`` (E2 80 A6)."""
    if last - first < 3:
        return False
    a, b, c = text[last - 3], text[last - 2], text[last - 1]
    return (a == 46 and b == 46 and c == 46) or (a == 0xE2 and b == 0x80 and c == 0xA6)


@inlined
def _ends_in_mark(text: Bytes, first: int, last: int) -> bool:  # pragma: no cover
    """``.``, ``!``, ``?`` or ``”`` (E2 80 9D)."""
    end = text[last - 1]
    if end == 46 or end == 33 or end == 63:
        return True
    return last - first >= 3 and end == 0x9D and text[last - 2] == 0x80 and text[last - 3] == 0xE2


@inlined
def _count_kinds(line: Bytes, kinds: Bytes) -> tuple[int, int, int]:  # pragma: no cover
    """Count upper-case characters, digits and characters."""
    n_upper = n_digits = n_others = 0
    for b in line:  # without a way out, so that the compiler looks at many bytes at once
        n_upper += (b >= 65) & (b <= 90)
        n_digits += (b >= 48) & (b <= 57)
        n_others += b >= 0x80
    n_chars, at = len(line), 0
    while n_others > 0:  # bytes of longer characters that are still to come
        if line[at] >= 0x80:
            code, size = char_at(line, at)
            n_upper += kinds[code] & UPPER != 0
            n_digits += kinds[code] & DIGIT != 0
            n_others -= size
            n_chars -= size - 1
            at += size
        else:
            at += 1
    return n_upper, n_digits, n_chars
