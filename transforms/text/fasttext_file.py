"""Read a fastText model from its file's bytes, which may be memory-mapped.

Every length and number that kernels rely on is checked, so that a damaged file cannot make them read elsewhere.
"""

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from transforms.text.fasttext_grams import Grams, fill_grams
from transforms.text.fasttext_matrix import Matrix
from transforms.text.fasttext_parts import ModelBytes, Source, read_matrix
from transforms.text.fasttext_scores import HIERARCHY, ONE_VS_ALL, build_tree
from transforms.text.fasttext_words import AFTER_WORD, Words, cut_entries, fill_words, slots_for
from transforms.text.unicode import Ints, Longs

_MAGIC, _VERSIONS, _SUPERVISED = 793712314, (11, 12), 3
_MOST = 100
"""Characters of a part of a word, and words of a run: time grows with them; real models have 6 and 5 at most."""

_MOST_COUNTS = 10**15
"""Labels of all training texts: fastText's tree over labels is built right only below."""


class Arrays(NamedTuple):
    """A model as kernels see it."""

    words: Words
    grams: Grams
    rows: Matrix
    """Of words, then of buckets: what a text's row is made of."""
    outputs: Matrix
    """A row for each label, or for each inner node of the tree."""
    children: Ints
    """The tree over labels, as ``build_tree`` gives it; empty for other losses."""
    loss: int


class FastTextModel(NamedTuple):
    """A supervised model; it keeps the buffer that it was read from."""

    labels: tuple[str, ...]
    """As the file has them, ``__label__`` included; most frequent first."""
    arrays: Arrays


class _Settings(NamedTuple):
    is_supervised: bool
    n_columns: int
    n_joined: int
    loss: int
    n_buckets: int
    min_chars: int
    max_chars: int

    @property
    def has_grams(self) -> bool:
        """Whether anything but words has rows."""
        return self.max_chars > 0 or self.n_joined > 1


class _Dictionary(NamedTuple):
    words: Words
    labels: tuple[str, ...]
    counts: Longs
    """How often each label occurred in training."""
    kept: Ints | None
    """Pairs of bucket and place; None where all buckets have rows."""


def read_model(source: Source) -> FastTextModel:
    """Read a model, ``.bin`` or ``.ftz``.

    The dictionary, and a matrix that is not quantised, stay where they are: nothing is copied of a memory-mapped
    file. A quantised matrix is decoded if its numbers take 64 MiB at most, and else read code by code.

    Args:
        source: The whole file: bytes, a memory map, an array of bytes; it must not change as long as the model is used.

    Raises:
        ValueError: this is not a model of versions 11 or 12, it is not one that gives labels, or it is damaged.
    """
    model = ModelBytes(source)
    settings = _read_settings(model)
    model.check(settings.is_supervised, "it gives word vectors, not labels")
    labels, arrays = _read_all(model, settings)
    return FastTextModel(labels, arrays)


def read_vectors(source: Source) -> tuple[Arrays, bool]:
    """Read a model of either sort for its rows, as ``read_model`` does; and say whether it gives labels.

    Raises:
        ValueError: this is not a model of versions 11 or 12, or it is damaged.
    """
    model = ModelBytes(source)
    settings = _read_settings(model)
    return _read_all(model, settings)[1], settings.is_supervised


def _read_all(model: ModelBytes, settings: _Settings) -> tuple[tuple[str, ...], Arrays]:
    told = _read_dictionary(model, settings)
    is_coded = model.flag("quantisation")
    model.check(is_coded or told.kept is None, "buckets are left out, but the rows are not quantised")
    rows = read_matrix(model, is_coded, "the matrix of words")
    are_outputs_coded = model.flag("quantisation of outputs") and is_coded
    outputs = read_matrix(model, are_outputs_coded, "the matrix of labels", decodes=False)
    model.check(model.at == len(model.data), f"{len(model.data) - model.at} bytes are left over behind the last matrix")
    _check_matrices(model, settings, told, (rows, outputs))
    has_tree = settings.is_supervised and settings.loss == HIERARCHY
    children = build_tree(told.counts) if has_tree else np.zeros((0, 2), np.int32)
    return told.labels, Arrays(told.words, _grams(settings, told), rows, outputs, children, settings.loss)


def _read_settings(model: ModelBytes) -> _Settings:
    magic, version = model.numbers("<2i", "its signature")
    model.check(magic == _MAGIC, "the signature is missing")
    model.check(version in _VERSIONS, f"version {version} is none of {_VERSIONS}")
    told = model.numbers("<12id", "the settings")
    dim, _, _, _, _, n_joined, loss, kind, n_buckets, min_chars, max_chars, _, _ = told
    model.check(0 < kind <= _SUPERVISED, f"model is {kind}, none that is known")
    max_chars = 0 if version == 11 else max_chars  # such models had no parts of words, whatever they say
    settings = _Settings(kind == _SUPERVISED, dim, n_joined, loss, n_buckets, min_chars, max_chars)
    model.check(dim > 0, f"dim is {dim}")
    model.check(n_joined <= _MOST, f"wordNgrams is {n_joined}, more than {_MOST}")
    model.check(HIERARCHY <= loss <= ONE_VS_ALL, f"the loss {loss} is unknown")
    model.check(0 <= max_chars <= _MOST, f"maxn is {max_chars}, not in 0..{_MOST}")
    model.check(max_chars == 0 or 0 <= min_chars <= max_chars, f"minn is {min_chars}, not in 0..{max_chars}")
    model.check(n_buckets > 0 or not settings.has_grams, f"bucket is {n_buckets}")
    return settings


def _read_dictionary(model: ModelBytes, settings: _Settings) -> _Dictionary:
    n_entries, n_words, n_labels, _, n_kept = model.numbers("<3i2q", "the size of the dictionary")
    is_sum = n_words >= 0 and n_labels >= settings.is_supervised and n_words + n_labels == n_entries
    model.check(is_sum, f"{n_entries} entries are not {n_words} words and {n_labels} labels")
    model.check(n_entries * AFTER_WORD <= len(model.data) - model.at, f"there is no room for {n_entries} words")
    starts = np.zeros(n_entries + 1, np.int64)
    n_whole = cut_entries(model.data, model.at, starts, n_words)
    model.check(n_whole == n_entries, f"entry {n_whole} of the dictionary is damaged")
    model.at = int(starts[-1])
    words = Words(model.data, starts, slots_for(n_entries, 2), n_words)
    fill_words(words)
    labels, counts = _read_labels(model, words)
    kept = None if n_kept < 0 else model.take(n_kept * 8, f"{n_kept} buckets").view("<i4").reshape(-1, 2)
    is_bucket = kept is None or len(kept) == 0 or 0 <= kept[:, 0].min() <= kept[:, 0].max() < settings.n_buckets
    model.check(is_bucket, f"a bucket with rows is none of {settings.n_buckets}")
    return _Dictionary(words, labels, counts, kept)


def _read_labels(model: ModelBytes, words: Words) -> tuple[tuple[str, ...], Longs]:
    labels, counts = [], []
    for start, behind in pairwise(words.starts[words.n_words :].tolist()):
        entry = model.data[start:behind].tobytes()
        counts.append(int.from_bytes(entry[-AFTER_WORD + 1 : -1], "little", signed=True))
        try:
            labels.append(entry[:-AFTER_WORD].decode())
        except UnicodeDecodeError:
            model.check(False, f"label {len(labels)} is not UTF-8")
    model.check(min(counts, default=0) >= 0 and sum(counts) < _MOST_COUNTS, "the counts of labels cannot be true")
    return tuple(labels), np.array(counts, np.int64)


def _check_matrices(model: ModelBytes, settings: _Settings, told: _Dictionary, both: tuple[Matrix, Matrix]) -> None:
    """Say whether every row that a kernel may ask for is there, of as many columns."""
    rows, outputs = both
    n_places = 0
    if settings.has_grams:
        n_places = settings.n_buckets if told.kept is None else int(told.kept[:, 1].max(initial=-1)) + 1
    is_negative = told.kept is not None and told.kept[:, 1].min(initial=0) < 0
    n_needed = told.words.n_words + n_places
    model.check(not is_negative and n_needed <= rows.n_rows, f"{n_needed} rows are needed, {rows.n_rows} are there")
    n_asked, what = (len(told.labels), "labels") if settings.is_supervised else (told.words.n_words, "words")
    model.check(outputs.n_rows == n_asked, f"{n_asked} {what} have {outputs.n_rows} rows")
    columns = (settings.n_columns, rows.n_columns, outputs.n_columns)
    model.check(len(set(columns)) == 1, f"dim and the columns of both matrices differ: {columns}")


def _grams(settings: _Settings, told: _Dictionary) -> Grams:
    kept: Any = np.zeros((0, 2), np.int32) if told.kept is None else told.kept
    slots = slots_for(len(kept), 2)
    marks = np.full(len(slots), 255 if told.kept is None else 0, np.uint8)
    fill_grams(slots, marks, kept)
    n_kept = -1 if told.kept is None else len(kept)
    return Grams(
        settings.min_chars,
        settings.max_chars,
        settings.n_joined,
        settings.n_buckets,
        min(2**32 // max(settings.n_buckets, 1), 2**32 - 1),
        told.words.n_words,
        n_kept,
        slots,
        marks,
    )
