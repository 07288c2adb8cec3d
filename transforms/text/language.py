"""The language of texts, by a fastText model."""

from collections.abc import Sequence
from typing import Any, Protocol

from schemas.measures import LanguageMeasures

_PREFIX = "__label__"


class Predictor(Protocol):
    """The native predictor of a fastText model (``model.f``)."""

    def predict(self, text: str, k: int, threshold: float, on_unicode_error: str) -> Any:
        """Give up to ``k`` (probability, label) pairs."""


def identify(texts: Sequence[str], model: Predictor, joins_lines: bool = False) -> LanguageMeasures:
    """Give each text's top label and probability, as two lists in batch order.

    fastText reads one line, so new-lines become spaces, or nothing with ``joins_lines``, as DCLM's code
    does. A text without any known feature has no label (None, 0.0). Probabilities are clipped to [0, 1]:
    fastText's may exceed 1 by 1e-5.
    """
    labels: list[str | None] = []
    scores: list[float] = []
    between = "" if joins_lines else " "
    for text in texts:
        found = model.predict(text.replace("\n", between) + "\n", 1, 0.0, "strict")
        labels.append(found[0][1].removeprefix(_PREFIX) if found else None)
        scores.append(min(1.0, float(found[0][0])) if found else 0.0)
    return LanguageMeasures(labels, scores)
