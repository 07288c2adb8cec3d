"""Vectors of texts by a fastText model, as the library's ``get_sentence_vector`` makes them.

Of a model of word vectors (skip-gram, CBOW; those of 157 languages, ``cc.en.300.bin`` and its like): the mean of the
vectors of its words at length 1, each the mean of the rows of the word and of its parts. Of one that gives labels: the
mean of all rows.
"""

from typing import NamedTuple

import numpy as np

from transforms.text.compiled import kernel
from transforms.text.fasttext_file import Arrays, read_vectors
from transforms.text.fasttext_learn import find_new, write_new
from transforms.text.fasttext_matrix import Floats, weights_of
from transforms.text.fasttext_parts import Source
from transforms.text.fasttext_rows import Reading, add_tokens, average
from transforms.text.fasttext_tokens import N_TOKENS, make_cache, make_room, read_tokens
from transforms.text.unicode import Bytes, Longs


class TextVectors(NamedTuple):
    """A model as it is asked for vectors."""

    arrays: Arrays
    is_supervised: bool

    def of(self, data: Bytes, offsets: Longs) -> Floats:
        """Give each text's vector, ``[n, d]``; all 0 for one of which the model knows nothing.

        A text ends at a word ``</s>``; labels (``__label__…``) are left out.

        Args:
            data: Valid UTF-8 bytes of all texts, one after another; cannot be written to.
            offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``; cannot be written to.
        """
        vectors = np.zeros((len(offsets) - 1, self.arrays.rows.n_columns), np.float32)
        _fill(data, offsets, self.arrays, self.is_supervised, vectors)
        return vectors


def text_vectors(source: Source) -> TextVectors:
    """Read a model from its file's bytes, which may be memory-mapped.

    Raises:
        ValueError: it is no fastText model, or damaged.
    """
    return TextVectors(*read_vectors(source))


@kernel
def _fill(
    data: Bytes, offsets: Longs, arrays: Arrays, is_supervised: bool, vectors: Floats
) -> None:  # pragma: no cover
    longest = 0
    for i in range(len(vectors)):
        longest = max(longest, offsets[i + 1] - offsets[i])
    hashes = np.empty(longest // 2 + 2 if arrays.grams.n_joined > 1 else 0, np.int32)
    cache, tokens = make_cache(offsets[-1] - offsets[0]), np.zeros((N_TOKENS, 5), np.int64)
    reading = Reading(arrays.words, arrays.grams, weights_of(arrays.rows), cache, tokens, hashes)
    word = np.zeros(vectors.shape[1], np.float32)
    for i in range(len(vectors)):
        if is_supervised:
            average(data, offsets[i], offsets[i + 1], reading, vectors[i])
        else:
            _mean_of_words(data[: offsets[i + 1]], offsets[i], reading, word, vectors[i])


@kernel
def _mean_of_words(data: Bytes, start: int, reading: Reading, word: Floats, out: Floats) -> None:  # pragma: no cover
    """Write the mean of the words of ``data[start:]``, each at length 1; ``word``: room for one."""
    tokens, slots = reading.tokens, reading.cache.slots
    n, at = 0, start
    while at < len(data):
        make_room(reading.cache)
        n_tokens, at = read_tokens(data, at, len(data), slots, tokens)
        find_new(data, tokens[:n_tokens], reading.words, slots)
        write_new(data, tokens[:n_tokens], reading.grams, reading.cache)
        for i in range(n_tokens):
            word[:] = 0
            add_tokens(data, tokens[i : i + 1], reading, word)
            length = np.sqrt(np.sum(word * word))
            if length > 0:
                out += word / length
                n += 1
    if n > 0:
        out *= np.float32(1.0 / n)
