r"""Texts as DCLM's code shows them to a classifier: ``" ".join(text.strip().splitlines())``."""

import numpy as np

from transforms.text.compiled import kernel
from transforms.text.line_breaks import line_end
from transforms.text.scanning import after_spaces, before_spaces
from transforms.text.unicode import Bytes, Longs, classes


def one_line(data: Bytes, offsets: Longs) -> tuple[Bytes, Longs]:
    """Take white space off both ends of each text, and put a space in place of each line break.

    Args:
        data: Valid UTF-8 bytes of all texts, one after another.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.

    Returns:
        The bytes and offsets of the new texts.
    """
    out, out_offsets = _batch(data, offsets, classes())
    rest = out[: out_offsets[-1]]
    rest.flags.writeable = out_offsets.flags.writeable = False  # as Arrow's are: one kernel for both
    return rest, out_offsets


@kernel
def _batch(data: Bytes, offsets: Longs, kinds: Bytes) -> tuple[Bytes, Longs]:  # pragma: no cover
    out = np.empty(offsets[-1] - offsets[0], np.uint8)
    out_offsets = np.zeros(len(offsets), np.int64)
    n = 0
    for i in range(len(offsets) - 1):
        text = data[offsets[i] : offsets[i + 1]]
        at = after_spaces(text, 0, len(text), kinds)
        text = text[: before_spaces(text, at, len(text), len(text), kinds)]
        while at < len(text):
            end, size = line_end(text, at)
            part, rest = text[at:end], out[n:]
            for k in range(len(part)):
                rest[k] = part[k]
            n += len(part)
            if size > 0:
                out[n] = 32
                n += 1
            at = end + size
        out_offsets[i + 1] = n
    return out, out_offsets
