"""Laws as files, and what a fit gives as plain values: for ``law.json``, for programs and for pages."""

import json
from typing import Any

import numpy as np

from jobs.common import files
from jobs.common.law_data import Data
from jobs.common.law_fits import Beside, Fit, MixtureFit
from jobs.common.version import code_version
from schemas.errors import RecipeError
from schemas.law_file import LawFile
from schemas.toml_file import checked
from transforms.fields import Row
from transforms.laws.error_law import ErrorLaw
from transforms.laws.fitted import r_squared
from transforms.laws.mixture_law import MixtureLaw
from transforms.laws.overtraining import Overtraining
from transforms.laws.scale_law import ScaleLaw
from transforms.laws.stored import ERROR, restored, stored


def write(path: str, fit: Fit, data: Data) -> None:
    """Write a fitted law.

    Raises:
        RecipeError: the law has no coefficients, or the file cannot be written.
    """
    if not fit.law.fits:
        raise RecipeError(f"--out: {fit.choice.name} has trees, no coefficients; give predict and optimise the data")
    told = {"label": data.label, "sha256": data.sha256, "code_version": code_version()}
    try:
        files.write_text(path, dumped(told | stored(fit.choice.name, fit.law, fit.error_law)) + "\n")
    except OSError as error:
        raise RecipeError(f"--out: cannot write {path}: {error.strerror or error}") from None


def read(path: str) -> tuple[str, MixtureLaw | ScaleLaw, ErrorLaw | None]:
    """Read a law with its name, and the law of error beside it.

    Raises:
        RecipeError: the file is not what ``write`` writes; one line for each fault.
        SourceUnavailableError: it cannot be read.
    """
    try:
        told = json.loads(files.read_bytes(path))
    except (ValueError, RecursionError) as error:
        raise RecipeError(f"{path}: not valid JSON: {error}") from None
    if not isinstance(told, dict):
        raise RecipeError(f"{path}: given a {type(told).__name__}; allowed: what `sluice laws fit --out` writes")
    file = checked(told, LawFile, path)
    try:
        return file.law, *restored(file)
    except RecipeError as error:
        raise RecipeError(f"{path}: {error}") from None


def dumped(told: Any) -> str:
    """Write JSON; what is infinite or no number is null, which JSON has no word for."""
    return json.dumps(_plain(told), indent=2, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    return None if isinstance(value, float) and not np.isfinite(value) else value


def summary(fit: Fit, data: Data, hold_out: str | None) -> Row:
    """Give what a fit tells.

    Returns:
        law, says, label, sha256, code_version, n_points · targets: of each target, r2, scale, n_points, level and rows
        of coefficients; of trees, how many · held_out: how, n, mean, worst and the error of each target, or None ·
        extrapolated: each run that was held out of a law of over-training ·
        best_multiplier: M*, where the law has one.
    """
    seen = fit.seen()
    told: Row = {"law": fit.choice.name, "says": fit.choice.says, "label": data.label, "sha256": data.sha256}
    told |= {"code_version": code_version(), "n_points": len(seen.observed), "targets": _targets(fit, seen)}
    told["held_out"] = None if fit.held is None else _held(fit.held, hold_out)
    told["extrapolated"] = [one._asdict() for one in getattr(fit, "larger", ())]
    told["best_multiplier"] = best_multiplier(fit.law)
    return told


def best_multiplier(law: MixtureLaw | ScaleLaw) -> float | None:
    """Give M*, tokens per parameter of the least loss at any compute; None where the law has none."""
    try:
        return law.best_multiplier if isinstance(law, Overtraining) else None
    except RecipeError:
        return None


def _targets(fit: Fit, seen: Beside) -> list[Row]:
    pairs = list(zip(seen.targets, fit.law.fits, strict=False))
    pairs += [(ERROR, one) for one in (fit.error_law.fits if fit.error_law else ())]
    told: list[Row] = [
        {"target": target, "scale": one.curve.scale, "r2": one.r2, "n_points": one.n_points, "level": one.level}
        | {"coefficients": one.rows()}
        for target, one in pairs
    ]
    if told or not isinstance(fit, MixtureFit):
        return told
    trees = getattr(fit.law, "n_trees", (None,) * len(seen.targets))
    rest = (seen.observed - seen.predicted).T
    return [
        {"target": target, "scale": "loss", "r2": r_squared(observed, off), "n_points": len(off), "n_trees": n}
        | {"level": None, "coefficients": []}
        for target, observed, off, n in zip(seen.targets, seen.observed.T, rest, trees, strict=True)
    ]


def _held(held: Beside, how: str | None) -> Row:
    by_target = held.by_target
    told = {"how": how, "n": len(held.observed), "mean": float(by_target.mean()), "worst": float(by_target.max())}
    return told | {"targets": dict(zip(held.targets, by_target.tolist(), strict=True))}
