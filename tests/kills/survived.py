"""The cuts that were survived so far: a file of the repository, that seeds and kills go on from."""

from itertools import count, islice
from pathlib import Path

ENOUGH = 200
SURVIVED = Path(__file__).with_name("survived.txt")
"""Every cut that was survived so far, a line each: a moment (``documents:2:kill``), a seed (``seed:17``), a part."""


def write_down(cut):
    """Keep a cut that was survived; the file is part of the repository."""
    known = _survived()
    if cut not in known:
        SURVIVED.write_text("\n".join([*known, cut]) + "\n")


def seeds(n):
    """Give seeds that were not survived yet, until 200 cuts were; from then on the first ones."""
    known = _survived()
    tried = set(known) if len(known) < ENOUGH else set()
    return list(islice((seed for seed in count() if f"seed:{seed}" not in tried), n))


def _survived():
    return SURVIVED.read_text().splitlines() if SURVIVED.exists() else []
