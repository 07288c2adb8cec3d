"""Texts of strangers, made safe to print: nothing in them moves a cursor, changes a colour or turns a line round."""

_SPACES = "\t\n\v\f\r\x85\u2028\u2029"
_TURNS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))  # bidirectional controls
_CONTROLS = (*range(0x20), *range(0x7F, 0xA0), *_TURNS, *range(0xD800, 0xE000))
_TABLE = dict.fromkeys(_CONTROLS, "\ufffd") | dict.fromkeys(map(ord, _SPACES), " ")


def printable(text: str) -> str:
    r"""Put U+FFFD in place of control characters and lone surrogates, and a space in place of each line break and tab.

    Example:
        >>> printable("a\tred \x1b[31mword")
        'a red �[31mword'
    """
    return text.translate(_TABLE)
