"""Mixtures and numbers as an operator writes them: NAME=NUMBER options, and CSV files."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from jobs.common import files
from jobs.common.law_data import text_of
from schemas.errors import RecipeError
from transforms.laws.bounds import Supply
from transforms.laws.cells import cells
from transforms.laws.curves import Numbers
from transforms.laws.points import TOLERANCE
from transforms.laws.table import Columns


class Asked(NamedTuple):
    """Mixtures, (n, m), with a name and, where a column or an option says them, steps."""

    names: tuple[str, ...]
    mixtures: Numbers
    steps: Numbers | float | None


def pairs(option: str, given: Sequence[str] | None) -> dict[str, float]:
    """Read NAME=NUMBER options; a name may hold ``=`` itself.

    Raises:
        RecipeError: one is not of this form, or names something twice.
    """
    told: dict[str, float] = {}
    for one in given or ():
        name, is_pair, value = one.rpartition("=")
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not (is_pair and name and np.isfinite(number)):
            raise RecipeError(f"{option}: given {one!r:.80}; allowed: NAME=NUMBER")
        if name in told:
            raise RecipeError(f"{option}: {name!r:.80} is given twice; allowed: once")
        told[name] = number
    return told


def columns_of(uri: str) -> dict[str, list[str]]:
    """Read a CSV file; errors as of ``files.read_bytes`` and ``cells``."""
    return cells(text_of(files.read_bytes(uri), uri), uri)


def numbers(table: Mapping[str, Sequence[Any]], key: str, origin: str) -> Numbers:
    """Give a column as numbers, (n,).

    Raises:
        RecipeError: a cell is none; names file, row and column.
    """
    told = []
    for row, cell in enumerate(table[key], start=1):
        try:
            told.append(float(cell))
        except (TypeError, ValueError):
            raise RecipeError(f"{origin}, row {row}, {key}: given {cell!r:.80}; allowed: a number") from None
    return np.array(told, np.float64)


def asked_of(
    uri: str | None, given: Mapping[str, float], domains: Sequence[str], columns: Columns, tolerance: float = TOLERANCE
) -> Asked:
    """Read mixtures to predict, out of a file or of options.

    Raises:
        RecipeError: both or neither are given, or what is given is no mixture.
    """
    if (uri is None) == (not given):
        raise RecipeError("predict: allowed: one of a FILE of mixtures and --mix DOMAIN=SHARE …")
    return (
        mixture_of("--mix", given, domains, tolerance) if uri is None else mixtures_in(uri, domains, columns, tolerance)
    )


def mixtures_in(uri: str, domains: Sequence[str], columns: Columns, tolerance: float = TOLERANCE) -> Asked:
    """Read mixtures to predict: a row a mixture, a column a domain, steps where there is such a column.

    Raises:
        RecipeError: a domain's column is missing, one is of no domain, or a row is no mixture.
    """
    table = columns_of(uri)
    before, after = columns.mixture.split("{}")
    own = [key for key in table if key.startswith(before) and key.endswith(after) and key != before + after]
    known = {f"{before}{name}{after}": name for name in domains}
    for key in known:
        if key not in table:
            raise RecipeError(f"{uri}: column {key} is missing; given: {', '.join(table)}")
    if (before or after) and (unknown := [key for key in own if key not in known]):
        raise RecipeError(f"{uri}: column {unknown[0]!r:.80} is of no domain; allowed: {', '.join(known)}")
    names = tuple(table.get(columns.name, ())) or tuple(f"row {n + 1}" for n in range(len(table[next(iter(known))])))
    mixtures = np.stack([numbers(table, key, uri) for key in known], axis=1)
    _check(mixtures, uri, [f"row {n + 1}" for n in range(len(names))], tolerance)
    return Asked(names, mixtures, numbers(table, columns.steps, uri) if columns.steps in table else None)


def beside_in(uri: str, domains: Sequence[str], tolerance: float = TOLERANCE) -> Asked:
    """Read mixtures to hold beside another one: a row a domain (column ``domain``), a column a mixture.

    Raises:
        RecipeError: no such column, domains are missing or unknown, or a column is no mixture.
    """
    table = columns_of(uri)
    names = tuple(key for key in table if key != "domain")
    if "domain" not in table or not names:
        raise RecipeError(f"{uri}: columns are {', '.join(table)}; allowed: domain, and one for each mixture")
    order = _order(uri, "domain", list(table["domain"]), domains)
    mixtures = np.stack([numbers(table, name, uri)[order] for name in names])
    _check(mixtures, uri, names, tolerance)
    return Asked(names, mixtures, None)


def mixture_of(option: str, given: Mapping[str, float], domains: Sequence[str], tolerance: float = TOLERANCE) -> Asked:
    """Read one mixture out of options; errors as above."""
    order = _order(option, "domain", list(given), domains)
    mixture = np.array(list(given.values()))[order][None]
    _check(mixture, option, ["the mixture"], tolerance)
    return Asked(("mixture",), mixture, None)


def models_of(
    uri: str | None, parameters: float | None, tokens: float | None
) -> tuple[tuple[str, ...], Numbers, Numbers]:
    """Read models to predict, out of a file or of options: names, parameters and tokens, (n,) each.

    Raises:
        RecipeError: both or neither are given, or a column is missing or holds no number.
    """
    if (uri is None) == (parameters is None or tokens is None) or (uri and (parameters or tokens)):
        raise RecipeError("predict: allowed: one of a FILE of models and --parameters N --tokens N")
    if uri is None:
        return ("model",), np.array([parameters]), np.array([tokens])
    table = columns_of(uri)
    for key in ("parameters", "tokens"):
        if key not in table:
            raise RecipeError(f"{uri}: column {key} is missing; given: {', '.join(table)}")
    sizes = (numbers(table, "parameters", uri), numbers(table, "tokens", uri))
    return tuple(table.get("name", ())) or tuple(f"row {n + 1}" for n in range(len(sizes[0]))), *sizes


def supply_of(unique_tokens: Mapping[str, float], budget: float | None, max_epochs: float) -> Supply | None:
    """Give how much text there is; None: nothing is said of it.

    Raises:
        RecipeError: tokens are given without a budget, or the other way round.
    """
    if bool(unique_tokens) != (budget is not None):
        raise RecipeError("--budget: allowed: --unique-tokens DOMAIN=N … and --budget N, together")
    return None if budget is None else Supply(unique_tokens, budget, max_epochs)


def _order(origin: str, key: str, given: Sequence[str], domains: Sequence[str]) -> list[int]:
    """Give where each of the law's domains stands."""
    for name in given:
        if name not in domains or given.count(name) > 1:
            raise RecipeError(f"{origin}, {key}: given {name!r:.80}; allowed: {', '.join(domains)}, each once")
    for name in domains:
        if name not in given:
            raise RecipeError(f"{origin}, {key}: {name} is missing; allowed: a proportion for each domain, also 0")
    return [given.index(name) for name in domains]


def _check(mixtures: Numbers, origin: str, names: Sequence[str], tolerance: float) -> None:
    for name, mixture in zip(names, mixtures, strict=True):
        for share in mixture[~((mixture >= 0) & (mixture <= 1))]:
            raise RecipeError(f"{origin}, {name}: given a proportion of {share:g}; allowed: 0 to 1")
        if abs(mixture.sum() - 1) > tolerance:
            raise RecipeError(f"{origin}, {name}: proportions sum to {mixture.sum():.10g}; allowed: 1")
