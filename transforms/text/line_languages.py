"""The languages of a text's lines, by a fastText model (definitions: schemas/languages.py)."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from schemas.languages import LineLanguageMeasures
from transforms.text.compiled import kernel
from transforms.text.fasttext_predict import predict
from transforms.text.language import LanguageModel
from transforms.text.scanning import next_byte
from transforms.text.text_lines import count_chars
from transforms.text.unicode import Bytes, Doubles, Ints, Longs

_MIN_CHARS = 20
_MIN_SCORE = 0.5


def identify_lines(
    data: Bytes, offsets: Longs, own: Sequence[str | None], model: LanguageModel
) -> LineLanguageMeasures:
    """Ask the language of each line of each text; each field becomes an array of a value per text.

    Args:
        data: Valid UTF-8 bytes of all texts, one after another.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
        own: The language of each text as a whole.
        model: As ``language_model`` gives it.
    """
    ends, texts, n_chars = _cut(data, offsets)
    labels, scores = predict(data, np.concatenate((offsets[:1], ends)), model.model)
    is_asked = n_chars >= _MIN_CHARS
    found = labels[is_asked, 0]
    numbers, of_tags = _numbers(model.tags)
    lines = np.stack((texts[is_asked], of_tags[found], n_chars[is_asked]))
    is_sure = (scores[is_asked, 0] >= _MIN_SCORE) & (found >= 0)
    own_numbers = np.array([numbers.get(tag, -1) if tag else -1 for tag in own], np.int64)
    return LineLanguageMeasures(*_describe(lines, is_sure, own_numbers, len(numbers)))


def _numbers(tags: npt.NDArray[np.object_]) -> tuple[dict[str, int], Longs]:
    """Number the different tags; gives also the number of each label's, and -1 behind the last one."""
    numbers = {tag: i for i, tag in enumerate(dict.fromkeys(tags[:-1]))}
    return numbers, np.array([*(numbers[tag] for tag in tags[:-1]), -1], np.int64)


@kernel
def _cut(data: Bytes, offsets: Longs) -> tuple[Longs, Longs, Longs]:  # pragma: no cover
    """Cut all texts into lines; gives where each ends, behind its new-line, its text, and its characters."""
    n_lines = len(offsets) - 1
    for b in data[offsets[0] : offsets[-1]]:
        n_lines += b == 10
    ends, texts, n_chars = np.empty(n_lines, np.int64), np.empty(n_lines, np.int64), np.empty(n_lines, np.int64)
    n = 0
    for i in range(len(offsets) - 1):
        at = offsets[i]
        while at < offsets[i + 1]:
            end = next_byte(data, 10, at, offsets[i + 1])
            n_chars[n] = count_chars(data, at, end)
            at = min(end + 1, offsets[i + 1])
            ends[n], texts[n] = at, i
            n += 1
    return ends[:n], texts[:n], n_chars[:n]


@kernel
def _describe(lines: Longs, is_sure: Bytes, own: Ints, n_tags: int) -> tuple[Longs, Longs, Doubles]:  # pragma: no cover
    """Count, for each text, its lines and their languages, and give the share of characters in its own.

    Rows of ``lines``: text, number of the language's tag or -1, characters; the texts ascend.
    """
    n_lines, n_languages = np.zeros(len(own), np.int64), np.zeros(len(own), np.int64)
    n_own, n_all = np.zeros(len(own), np.int64), np.zeros(len(own), np.int64)
    last_text = np.full(n_tags, -1, np.int64)  # the last text that has a line of a language
    for k in range(lines.shape[1]):
        i, tag = lines[0, k], lines[1, k]
        n_lines[i] += 1
        n_all[i] += lines[2, k]
        if tag >= 0 and tag == own[i]:
            n_own[i] += lines[2, k]
        if is_sure[k] and last_text[tag] != i:
            last_text[tag] = i
            n_languages[i] += 1
    return n_lines, n_languages, n_own / np.maximum(n_all, 1)
