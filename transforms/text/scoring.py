"""The score that a fastText classifier gives a text: the probability of one of its labels."""

from typing import NamedTuple

import numpy as np

from transforms.text.fasttext_file import FastTextModel, read_model
from transforms.text.fasttext_parts import Source
from transforms.text.fasttext_predict import predict
from transforms.text.unicode import Bytes, Doubles, Longs

_PREFIX = "__label__"


class Classifier(NamedTuple):
    """A fastText model, and the label whose probability is asked."""

    model: FastTextModel
    place: int
    """The label's number."""

    def scores(self, data: Bytes, offsets: Longs) -> Doubles:
        """Give the label's probability in [0, 1] for each text; NaN where the model knows nothing of the text.

        Of two labels only the likelier one is asked, as DCLM's code does: its probability, or 1 minus it.
        """
        n_labels = len(self.model.labels)
        labels, found = predict(data, offsets, self.model, 1 if n_labels == 2 else n_labels)
        told = np.minimum(found.astype(np.float64), 1.0)
        if n_labels == 2:
            scores = np.where(labels[:, 0] == self.place, told[:, 0], 1.0 - told[:, 0])
        else:  # a label that is not among the answers has a probability of 0
            scores = np.where(labels == self.place, told, 0.0).sum(axis=1)
        return np.where(labels[:, 0] >= 0, scores, np.nan)


def classifier(source: Source, label: str) -> Classifier:
    """Read a model from its file's bytes, and find the label, written with ``__label__`` or without.

    Raises:
        ValueError: it is no fastText model that gives labels, it has only one, or not this one.
    """
    model = read_model(source)
    names = [name.removeprefix(_PREFIX) for name in model.labels]
    if len(names) < 2:
        raise ValueError(f"it has one label only, {names[0]!r}: every text would have the same score")
    wanted = label.removeprefix(_PREFIX)
    if wanted not in names:
        raise ValueError(f"it has no label {wanted!r}; allowed: {', '.join(map(repr, names[:20]))}")
    return Classifier(model, names.index(wanted))
