"""Functions that score texts, for recipes of tests."""

import hashlib


def lengths(texts):
    """Score texts by their length."""
    return [float(len(text)) for text in texts]


def hashed(texts):
    """Score texts between 0 and 1, most of them near 0; one in sixteen has no score."""
    numbers = [int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) for text in texts]
    return [None if number % 16 == 0 else (number / 2**32) ** 20 for number in numbers]
