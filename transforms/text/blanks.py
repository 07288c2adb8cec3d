"""Runs of new-lines, cut to a length (DCLM's recipe, step 6: at most two)."""

import numpy as np

from transforms.text.compiled import kernel
from transforms.text.cuts import Cuts, Spans, collected, put
from transforms.text.scanning import next_byte
from transforms.text.unicode import Bytes, Longs


def squeeze_newlines(data: Bytes, offsets: Longs, most: int) -> Cuts:
    r"""Cut what a run of ``\n`` has beyond the first ``most``, in each text."""
    return collected(*_squeeze(data, offsets, most))


@kernel
def _squeeze(data: Bytes, offsets: Longs, most: int) -> tuple[Spans, Longs]:  # pragma: no cover
    spans = np.empty((len(offsets), 2), np.int64)
    firsts = np.zeros(len(offsets), np.int64)
    n = 0
    for i in range(len(offsets) - 1):
        end = offsets[i + 1]
        at = next_byte(data, 10, offsets[i], end)
        while at < end:
            run_end = at
            while run_end < end and data[run_end] == 10:
                run_end += 1
            spans, n = put(spans, firsts[i], n, at + most, run_end)
            at = next_byte(data, 10, run_end, end)
        firsts[i + 1] = n
    return spans, firsts
