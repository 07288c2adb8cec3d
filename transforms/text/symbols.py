"""Signs of text that is no prose, counted in a text's bytes: curly brackets and ``lorem ipsum``.

Loops without a way out let the compiler look at many bytes at once.
"""

import numpy as np

from transforms.text.compiled import kernel
from transforms.text.unicode import Bytes

_LOREM_IPSUM = b"lorem ipsum"


@kernel
def count_curly_brackets(text: Bytes) -> int:  # pragma: no cover
    """Count ``{`` and ``}``."""
    n = 0
    for b in text:
        n += (b == 0x7B) | (b == 0x7D)
    return n


@kernel
def count_lorem_ipsum(text: Bytes) -> int:  # pragma: no cover
    """Count ``lorem ipsum``, in any case of ASCII."""
    n = max(len(text) - 2, 0)
    first, second, third = text[:n], text[1 : n + 1], text[2 : n + 2]
    may_be = np.uint8(0)  # not a wider number: then fewer bytes would be looked at together
    for i in range(n):
        is_ips = (first[i] | 32 == 0x69) & (second[i] | 32 == 0x70) & (third[i] | 32 == 0x73)
        may_be = np.uint8(may_be | np.uint8(is_ips))
    return _count_lorem(text) if may_be else 0


@kernel
def _count_lorem(text: Bytes) -> int:  # pragma: no cover
    n = n_same = 0  # bytes of the phrase that end here; it has one "l" only, its first
    for b in text:
        low = b | 32 if 65 <= b <= 90 else b
        n_same = n_same + 1 if low == _LOREM_IPSUM[n_same] else int(low == _LOREM_IPSUM[0])
        if n_same == len(_LOREM_IPSUM):
            n += 1
            n_same = 0
    return n
