"""What bands find: the chance that two texts share a bucket, by their similarity (Leskovec, Rajaraman and Ullman, 3.4).

Texts of Jaccard similarity s agree in all r numbers of a band with the chance s^r, and in one band of b at least with
1 - (1 - s^r)^b. More bands lift the whole curve; more rows push it down, and make it steeper.
"""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from transforms.text.unicode import Doubles


class Bands(NamedTuple):
    """How a signature is cut."""

    bands: int
    rows: int

    @property
    def n_hashes(self) -> int:
        """Numbers of a signature that is cut so."""
        return self.bands * self.rows


PRESETS: Mapping[str, Bands] = MappingProxyType(
    {"fineweb": Bands(14, 8), "refinedweb": Bands(450, 20), "dclm": Bands(93, 15), "nemo": Bands(20, 13)}
)
"""Penedo and others 2024 (FineWeb) and 2023 (RefinedWeb), Li and others 2024 (DCLM), and NVIDIA's NeMo Curator."""

_MOST_HASHES = 20_000


def collision_chance(similarity: float | Sequence[float] | Doubles, bands: int, rows: int) -> Doubles:
    """Give the chance that two texts share a bucket at least.

    Args:
        similarity: Jaccard similarities of pairs, 0 to 1, of any shape.
        bands: 1 or more.
        rows: Of a band, 1 or more.

    Returns:
        Chances, 0 to 1, of the same shape.

    Raises:
        ValueError: a number is not allowed.
    """
    similar = np.asarray(similarity, np.float64)
    if not ((similar >= 0) & (similar <= 1)).all():
        raise ValueError(f"similarity: given {similarity}; allowed: 0 to 1")
    if bands < 1 or rows < 1:
        raise ValueError(f"bands: given {bands} of {rows} rows; allowed: 1 or more of each")
    with np.errstate(divide="ignore"):  # log 0, where the similarity is 1
        # Through logarithms: 1 - (1 - x)^b is 0 for small x, which is where false candidates are counted.
        return np.asarray(-np.expm1(bands * np.log1p(-(similar**rows))))


def smallest_bands(
    threshold: float,
    recall: float = 0.9,
    margin: float = 0.2,
    most_below: float = 0.25,
    most_hashes: int = _MOST_HASHES,
) -> Bands:
    """Give bands of the fewest hashes that find the similar and spare most others.

    A recall alone would take bands of one row, which nearly all pairs share; so it says too how many pairs may be found
    that are less similar by a margin. For each number of rows the fewest bands that reach the recall are the best for
    both, and each row more makes the curve steeper and takes more hashes: the first that will do is the answer.

    Args:
        threshold: The similarity from which pairs shall be found, above 0 and below 1.
        recall: Least chance at the threshold, above 0 and below 1.
        margin: Above 0 and below the threshold.
        most_below: Greatest chance at ``threshold - margin``, above 0 and below the recall.
        most_hashes: Of a signature.

    Raises:
        ValueError: a number is not allowed, or no bands of so many hashes will do.
    """
    limits = {"threshold": (threshold, 1.0), "recall": (recall, 1.0), "margin": (margin, threshold)}
    for name, (given, end) in {**limits, "most_below": (most_below, recall)}.items():
        if not 0 < given < end:
            raise ValueError(f"{name}: given {given}; allowed: above 0, below {end:g}")
    rows = 1
    while (found := Bands(_fewest_bands(threshold, recall, rows), rows)).n_hashes <= most_hashes:
        if collision_chance(threshold - margin, *found) <= most_below:
            return found
        rows += 1
    raise ValueError(
        f"given recall {recall} at {threshold} and at most {most_below} at {threshold - margin:g}: no bands of"
        f" {most_hashes} hashes or fewer do both; allowed: a wider margin, or a greater most_below or most_hashes"
    )


def curve_lines(curves: Mapping[str, Bands], similarities: Sequence[float] | None = None) -> list[str]:
    r"""Give a table of text: a line for each similarity, a column for each curve, chances in per cent.

    Args:
        curves: Their names and bands.
        similarities: 0 to 1; steps of 0.05 from 0.3 on where they are not given.

    Example:
        >>> print("\n".join(curve_lines({"fineweb": PRESETS["fineweb"]}, [0.5, 0.8])))
        similarity   fineweb 14x8
              0.50          5.3 %
              0.80         92.4 %
    """
    asked = [step / 20 for step in range(6, 21)] if similarities is None else similarities
    names = [f"{name} {bands}x{rows}" for name, (bands, rows) in curves.items()]
    lines = ["similarity" + "".join(f"{name:>{len(name) + 3}}" for name in names)]
    for similarity in asked:
        chances = [100 * float(collision_chance(similarity, *cut)) for cut in curves.values()]
        cells = [f"{chance:{len(name) + 1}.1f} %" for name, chance in zip(names, chances, strict=True)]
        lines.append(f"{similarity:10.2f}" + "".join(cells))
    return lines


def _fewest_bands(threshold: float, recall: float, rows: int) -> int:
    """Give the fewest bands of so many rows whose chance at the threshold is the recall or more."""
    bands = max(math.ceil(math.log1p(-recall) / math.log1p(-(threshold**rows))), 1)
    return bands if collision_chance(threshold, bands, rows) >= recall else bands + 1
