"""A heap of the best labels; its moves, which decide between equal scores, are those that fastText's library makes."""

from typing import NamedTuple

import numpy as np

from transforms.text.compiled import kernel
from transforms.text.fasttext_matrix import Floats
from transforms.text.unicode import Ints


class Best(NamedTuple):
    """The worst label first; there is room for one more than are asked for."""

    scores: Floats
    labels: Ints


@kernel
def push(best: Best, n: int, score: np.float32, label: int) -> int:  # pragma: no cover
    """Add a label to a heap of ``n``, and drop the worst one if they get too many; gives their number."""
    _sift_up(best, n, score, label)
    if n + 1 < len(best.scores):
        return n + 1
    pop(best, n)
    return n


@kernel
def _sift_up(best: Best, hole: int, score: np.float32, label: int) -> None:  # pragma: no cover
    scores, labels = best
    while hole > 0 and scores[(hole - 1) // 2] > score:
        scores[hole], labels[hole] = scores[(hole - 1) // 2], labels[(hole - 1) // 2]
        hole = (hole - 1) // 2
    scores[hole], labels[hole] = score, label


@kernel
def pop(best: Best, last: int) -> None:  # pragma: no cover
    """Move the worst label to place ``last``, which is behind the heap then."""
    scores, labels = best
    score, label = scores[last], np.int64(labels[last])
    scores[last], labels[last] = scores[0], labels[0]
    hole = 0
    while 2 * hole + 2 < last:  # both children are there: the worse one moves up
        child = 2 * hole + 2
        if scores[child] > scores[child - 1]:
            child -= 1
        scores[hole], labels[hole] = scores[child], labels[child]
        hole = child
    if 2 * hole + 2 == last:
        scores[hole], labels[hole] = scores[last - 1], labels[last - 1]
        hole = last - 1
    _sift_up(best, hole, score, label)
