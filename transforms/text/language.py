"""The languages of texts, by a fastText model."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from schemas.languages import LanguageMeasures
from transforms.text.fasttext_file import FastTextModel, read_model
from transforms.text.fasttext_parts import Source
from transforms.text.fasttext_predict import predict
from transforms.text.language_tags import bcp47
from transforms.text.unicode import Bytes, Longs

_N_BEST = 3


class LanguageModel(NamedTuple):
    """A fastText model whose labels are languages."""

    model: FastTextModel
    tags: npt.NDArray[np.object_]
    """The BCP-47 tag of each label, and None behind the last one."""


def language_model(source: Source) -> LanguageModel:
    """Read a model from its file's bytes.

    Raises:
        ValueError: they are not those of a fastText model that gives labels.
    """
    model = read_model(source)
    tags = [bcp47(label) for label in model.labels]
    return LanguageModel(model, np.array([*tags, None], object))


def identify(data: Bytes, offsets: Longs, model: LanguageModel, joins_lines: bool = False) -> LanguageMeasures:
    r"""Give the likeliest languages of each text; each field becomes a list or an array, in batch order.

    fastText reads one line, so new-lines become spaces, or nothing with ``joins_lines``, as DCLM's code
    does. A text without any known feature has no language (None, 0.0). Probabilities are clipped to [0, 1]:
    fastText's may exceed 1 by 1e-5.

    Args:
        data: Valid UTF-8 bytes of all texts, one after another.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
        model: As ``language_model`` gives it.
        joins_lines: Take the new-lines out.
    """
    labels, scores = predict(data, offsets, model.model, _N_BEST, joins_lines)
    tags, clipped = model.tags[labels], np.minimum(scores.astype(np.float64), 1.0)
    told = [(tags[:, i].tolist(), clipped[:, i]) for i in range(_N_BEST)]
    return LanguageMeasures(*told[0], *told[1], *told[2])
