"""Scores of labels from the row of a text, and the best of them: the losses of fastText, with its roundings."""

import math
from typing import NamedTuple

import numpy as np

from transforms.text.compiled import inlined, kernel
from transforms.text.fasttext_heap import Best, pop, push
from transforms.text.fasttext_matrix import Floats, Matrix, Weights, dot, weights_of
from transforms.text.unicode import Ints, Longs

HIERARCHY, NEGATIVES, SOFTMAX, ONE_VS_ALL = 1, 2, 3, 4
"""How a model was trained, as its file says it."""

_N_SIGMOIDS = 512
_ZERO, _ONE, _EIGHT, _WIDTH, _TWO = np.float32(0), np.float32(1), np.float32(8), np.float32(512), np.float32(2)
_UNBUILT = 10**15  # fastText's count of a node that is not there yet: label counts must be below


class Scoring(NamedTuple):
    """All that is needed to score texts, and room for it; made by ``make_scoring``."""

    loss: int
    weights: Weights
    children: Ints
    sigmoids: Floats
    row: Floats
    """The row of the text."""
    outputs: Floats
    todo: Ints
    todo_scores: Floats


@kernel
def make_scoring(loss: int, outputs: Matrix, children: Ints) -> Scoring:  # pragma: no cover
    """Gather what scoring needs; ``children`` are those of ``build_tree`` for ``HIERARCHY``, else none."""
    row, scores = np.empty(outputs.n_columns, np.float32), np.empty(outputs.n_rows, np.float32)
    todo, todo_scores = np.empty(len(children) + 2, np.int32), np.empty(len(children) + 2, np.float32)
    return Scoring(loss, weights_of(outputs), children, _sigmoid_table(), row, scores, todo, todo_scores)


@kernel
def build_tree(counts: Longs) -> Ints:  # pragma: no cover
    """Build the Huffman tree over labels.

    Args:
        counts: How often each label occurred in training, most frequent first; from 0 to below 10**15 in all.

    Returns:
        The two children of each inner node; number ``len(counts) + i`` is inner node ``i``, smaller ones are labels.
        The root is the last one.
    """
    n = len(counts)
    sizes = np.empty(2 * n - 1, np.int64)
    for i in range(len(sizes)):
        sizes[i] = counts[i] if i < n else _UNBUILT
    children = np.zeros((n - 1, 2), np.int32)
    leaf, node = n - 1, n
    for i in range(n - 1):
        for side in range(2):
            if leaf >= 0 and sizes[leaf] < sizes[node]:
                children[i, side] = leaf
                leaf -= 1
            else:
                children[i, side] = node
                node += 1
        sizes[n + i] = sizes[children[i, 0]] + sizes[children[i, 1]]
    return children


@kernel
def _sigmoid_table() -> Floats:  # pragma: no cover
    """Give the sigmoid at 513 places from -8 to 8."""
    table = np.empty(_N_SIGMOIDS + 1, np.float32)
    for i in range(len(table)):
        x = np.float32(i * 16) / _WIDTH - _EIGHT
        table[i] = 1.0 / (1.0 + np.float64(math.exp(-x)))
    return table


@kernel
def find_best(scoring: Scoring, best: Best) -> int:  # pragma: no cover
    """Find the best labels of the text whose row is ``scoring.row``.

    Args:
        scoring: The model and the row.
        best: As many labels as asked for, and one more; to be filled, best first.

    Returns:
        How many labels there are; -1 if a score is not a number.
    """
    n = _search_tree(scoring, best) if scoring.loss == HIERARCHY else _search_all(scoring, best)
    for last in range(n - 1, 0, -1):
        pop(best, last)
    return n


@kernel
def _search_all(scoring: Scoring, best: Best) -> int:  # pragma: no cover
    """Gather the best labels where each has a score of its own."""
    outputs = scoring.outputs
    for i in range(len(outputs)):
        outputs[i] = dot(scoring.weights, i, scoring.row)
        if math.isnan(outputs[i]):
            return -1
    if scoring.loss == SOFTMAX:
        _softmax(outputs)
    else:
        _sigmoid(outputs, scoring.sigmoids)
    n = 0
    for i in range(len(outputs)):
        if math.isnan(outputs[i]):
            return -1
        score = log_of(outputs[i])
        if n < len(best.scores) - 1 or score >= best.scores[0]:
            n = push(best, n, score, i)
    return n


@kernel
def _softmax(outputs: Floats) -> None:  # pragma: no cover
    top = outputs[0]
    for i in range(len(outputs)):
        top = max(outputs[i], top)
    total = _ZERO
    for i in range(len(outputs)):
        outputs[i] = math.exp(np.float64(outputs[i] - top))
        total += outputs[i]
    for i in range(len(outputs)):
        outputs[i] /= total


@kernel
def _sigmoid(outputs: Floats, table: Floats) -> None:  # pragma: no cover
    for i in range(len(outputs)):
        x = outputs[i]
        if x < -_EIGHT:
            outputs[i] = 0
        elif x > _EIGHT:
            outputs[i] = 1
        else:
            outputs[i] = table[np.int64((x + _EIGHT) * _WIDTH / _EIGHT / _TWO)]


@kernel
def _search_tree(scoring: Scoring, best: Best) -> int:  # pragma: no cover
    """Gather the best labels from the tree, leaving out branches that are worse already."""
    children, todo, scores = scoring.children, scoring.todo, scoring.todo_scores
    n_labels, lowest = len(children) + 1, log_of(_ZERO)
    todo[0], scores[0] = 2 * n_labels - 2, 0
    n, left = 0, 1
    while left > 0:
        left -= 1
        node, score = np.int64(todo[left]), scores[left]
        if score < lowest or (n == len(best.scores) - 1 and score < best.scores[0]):
            continue
        if node < n_labels:
            n = push(best, n, score, node)
            continue
        f = dot(scoring.weights, node - n_labels, scoring.row)
        if math.isnan(f):
            return -1
        f = _ONE / (_ONE + math.exp(-f))
        todo[left], scores[left] = children[node - n_labels, 1], score + log_of(f)
        todo[left + 1], scores[left + 1] = children[node - n_labels, 0], score + log_of(_ONE - f)
        left += 2
    return n


@inlined
def log_of(x: np.float32) -> np.float32:  # pragma: no cover
    """Give fastText's logarithm, which is never infinite."""
    return np.float32(math.log(np.float64(x) + 1e-5))
