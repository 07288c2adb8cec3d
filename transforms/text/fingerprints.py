"""Hashes of a text: of the text itself, and of what is left when two texts count as equal."""

import hashlib
from collections.abc import Callable

NORMALISERS: dict[str, Callable[[str], str]] = {
    "none": lambda text: text,
    "whitespace_lower": lambda text: " ".join(text.lower().split()),
}


def text_sha256(text: str) -> str:
    """Give the hex sha256 of the UTF-8 text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def exact_hash(text: str, normaliser: str) -> str:
    r"""Give the first 128 bits of sha256 of the normalised text, as hex.

    Example:
        >>> exact_hash("Two  Words\n", "whitespace_lower") == exact_hash("two words", "none")
        True
    """
    return hashlib.sha256(NORMALISERS[normaliser](text).encode("utf-8")).hexdigest()[:32]
