"""What a fastText model says of a batch of texts, straight from their bytes."""

import math

import numpy as np
import numpy.typing as npt

from transforms.text.compiled import kernel
from transforms.text.fasttext_file import Arrays, FastTextModel
from transforms.text.fasttext_heap import Best
from transforms.text.fasttext_matrix import Floats, weights_of
from transforms.text.fasttext_rows import Reading, average
from transforms.text.fasttext_scores import find_best, make_scoring
from transforms.text.fasttext_tokens import N_TOKENS, make_cache
from transforms.text.unicode import Bytes, Ints, Longs


def predict(
    data: Bytes, offsets: Longs, model: FastTextModel, k: int = 1, joins_lines: bool = False
) -> tuple[Ints, Floats]:
    r"""Give each text's best labels and their scores, as the ``fasttext`` library does.

    A text is read as one line: ``text.replace("\n", " ") + "\n"``, with a threshold of 0.

    Args:
        data: Valid UTF-8 bytes of all texts, one after another.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
        model: As ``read_model`` gives it.
        k: How many labels, at least one.
        joins_lines: Take new-lines out, so that the words on both sides become one, instead of reading them as spaces.

    Returns:
        The numbers of the labels in ``model.labels``, best first, int32 ``[text, k]``; -1 where there are no more,
        as in a text without any known feature. Their scores, float32 of the same shape, 0.0 where there is no label;
        fastText's may exceed 1 by 1e-5.

    Raises:
        ValueError: k is below 1, or the model's numbers make a score that is not one.
    """
    if k < 1:
        raise ValueError(f"k is {k}; at least one label has to be asked for")
    data, offsets = _read_only(data), _read_only(offsets)
    if joins_lines:
        data, offsets = map(_read_only, _joined(data, offsets))
    labels = np.full((len(offsets) - 1, k), -1, np.int32)
    scores = np.zeros(labels.shape, np.float32)
    if not _predict(data, offsets, model.arrays, labels, scores):
        raise ValueError("the fastText model gives a score that is not a number")
    return labels, scores


def _read_only(array: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    """Give a view that cannot be written to: numba compiles a kernel once for each kind of array."""
    view = array.view()
    view.flags.writeable = False
    return view


@kernel
def _joined(data: Bytes, offsets: Longs) -> tuple[Bytes, Longs]:  # pragma: no cover
    """Take the new-lines out of the texts."""
    out = np.empty(offsets[-1] - offsets[0], np.uint8)
    out_offsets = np.zeros(len(offsets), np.int64)
    n = 0
    for i in range(len(offsets) - 1):
        for at in range(offsets[i], offsets[i + 1]):
            out[n] = data[at]
            n += data[at] != 10
        out_offsets[i + 1] = n
    return out[:n], out_offsets


@kernel
def _predict(data: Bytes, offsets: Longs, arrays: Arrays, labels: Ints, scores: Floats) -> bool:  # pragma: no cover
    """Fill in labels and scores; gives whether all scores are numbers."""
    weights, scoring = weights_of(arrays.rows), make_scoring(arrays.loss, arrays.outputs, arrays.children)
    longest = 0
    for i in range(len(labels)):
        longest = max(longest, offsets[i + 1] - offsets[i])
    hashes = np.empty(longest // 2 + 2 if arrays.grams.n_joined > 1 else 0, np.int32)
    cache = make_cache(offsets[-1] - offsets[0])
    tokens = np.zeros((N_TOKENS, 5), np.int64)
    reading = Reading(arrays.words, arrays.grams, weights, cache, tokens, hashes)
    n_best = min(labels.shape[1], len(scoring.outputs)) + 1
    best = Best(np.empty(n_best, np.float32), np.empty(n_best, np.int32))
    for i in range(len(labels)):
        if average(data, offsets[i], offsets[i + 1], reading, scoring.row) > 0:
            n = find_best(scoring, best)
            if n < 0:
                return False
            for j in range(n):
                labels[i, j], scores[i, j] = best.labels[j], math.exp(best.scores[j])
    return True
