"""How unexpected a text is to a language model, as CCNet counts it (Wenzek et al. 2020, section 3.3)."""

from collections.abc import Callable
from math import isfinite

_MARKS = ("<s>", "</s>")
"""A model's own marks of a sentence's ends: what a page writes so is an unknown word like any other."""


def perplexity(
    text: str, log10_of: Callable[[str], float], normalise: Callable[[str], str] | None = None
) -> float | None:
    """Give 10 to the power of minus the mean log10 probability of words and ends of lines.

    Args:
        text: Each line is a sentence. Lines without words are left out: their number is the extractor's doing.
        log10_of: Gives the log10 probability of a sentence, words joined by one space, with both its ends.
        normalise: Writes a line as the model was trained on it; without, it is shown as it is.

    Returns:
        A number above 0, the lower the better; None without words, or where it is no finite number.
    """
    total, n = 0.0, 0
    for line in text.split("\n"):
        shown = normalise(line) if normalise else line.replace("\0", " ")  # a C string ends at a zero byte
        words = ["<unk>" if word in _MARKS else word for word in shown.split()]
        if words:
            total += log10_of(" ".join(words))
            n += len(words) + 1
    try:
        found = 10.0 ** (-total / n) if n else None
    except OverflowError:
        return None
    return found if found is not None and isfinite(found) else None
