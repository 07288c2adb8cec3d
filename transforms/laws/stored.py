"""A fitted law as plain values, and back: it predicts the same to the last bit, bands too, without its data."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from schemas.errors import RecipeError
from schemas.law_file import FittedCurve, LawFile
from transforms.laws import bimix, chinchilla, error_law, exponential, overtraining
from transforms.laws.curves import Curve, Numbers
from transforms.laws.error_law import ErrorLaw
from transforms.laws.fitted import Fitted
from transforms.laws.mixture_law import MixtureLaw
from transforms.laws.scale_law import ScaleLaw

ERROR = "error"
"""Target of the law of error, beside one of sizes."""
_CLOSE = 1e-9


def stored(name: str, law: MixtureLaw | ScaleLaw, error: ErrorLaw | None = None) -> dict[str, Any]:
    """Give a fitted law as values that JSON can hold: the keys of ``LawFile`` that tell the law itself.

    Args:
        name: Of the law.
        law: With one fit for each target.
        error: Fitted beside a law of sizes.

    Raises:
        RecipeError: the law has no coefficients that were fitted.
    """
    if not law.fits:
        raise RecipeError(f"law {name}: has no fitted coefficients to write; refit it from its data each time")
    targets = getattr(law, "targets", ("loss",))
    fits = [_plain(target, fit) for target, fit in zip(targets, law.fits, strict=True)]
    fits += [_plain(ERROR, fit) for fit in (error.fits if error else ())]
    told: dict[str, Any] = {"law": name, "domains": list(getattr(law, "domains", ()))}
    optional = {key: getattr(law, key) for key in ("sum_tolerance", "spent") if hasattr(law, key)}
    return told | optional | {"fits": fits}


def restored(file: LawFile) -> tuple[MixtureLaw | ScaleLaw, ErrorLaw | None]:
    """Make the law of a file's values, and the law of error where the file has one.

    Raises:
        RecipeError: the values do not fit each other; names the key.
    """
    is_of_sizes = file.law in _OF_SIZES
    if is_of_sizes == bool(file.domains):
        allowed = "none, since the law is of sizes" if is_of_sizes else "the names of the mixture's proportions"
        raise RecipeError(f"domains: given {list(file.domains)}; allowed: {allowed}")
    own = [one for one in file.fits if not (is_of_sizes and one.target == ERROR)]
    errors = [one for one in file.fits if is_of_sizes and one.target == ERROR]
    if is_of_sizes and (len(own) != 1 or len(errors) > 1):
        raise RecipeError("fits: allowed: one of the loss, and one of the error or none")
    curve = exponential.curve_of(file.domains) if file.law == "exponential" else _CURVES[file.law]
    fits = tuple(_fitted(file, one, curve) for one in own)
    error = tuple(_fitted(file, one, error_law.CURVE) for one in errors)
    law = _of_sizes(file, fits) if is_of_sizes else _of_mixtures(file, fits, tuple(one.target for one in own))
    return law, _of_errors(file, error) if error else None


def _of_mixtures(file: LawFile, fits: tuple[Fitted, ...], targets: tuple[str, ...]) -> MixtureLaw:
    if len(set(targets)) < len(targets):
        raise RecipeError(f"fits: targets are {', '.join(targets)}; allowed: each once")
    if file.law == "bimix":
        if unknown := [name for name in targets if name not in file.domains]:
            raise RecipeError(f"fits: given target {unknown[0]}; allowed: {', '.join(file.domains)}")
        values = np.stack([fit.values for fit in fits])
        return bimix.BiMix(file.domains, targets, values, fits, file.sum_tolerance)
    theta = np.stack([fit.theta for fit in fits])
    return exponential.Exponential(file.domains, targets, theta[:, 0], theta[:, 1:], fits, file.sum_tolerance)


def _of_sizes(file: LawFile, fits: tuple[Fitted, ...]) -> ScaleLaw:
    if file.law == "overtraining":
        a, b, eta, floor = fits[0].values.tolist()
        return overtraining.Overtraining(a, b, eta, floor, fits, file.spent)
    floor, a, b, alpha, beta = fits[0].values.tolist()
    return chinchilla.Chinchilla(floor, a, b, alpha, beta, fits)


def _of_errors(file: LawFile, fits: tuple[Fitted, ...]) -> ErrorLaw:
    epsilon, k, gamma = fits[0].values.tolist()
    return ErrorLaw(epsilon, k, gamma, fits, file.spent)


def _plain(target: str, fit: Fitted) -> dict[str, Any]:
    return {
        "target": target,
        "of": fit.of,
        "theta": fit.theta.tolist(),
        "spread": _finite(fit.spread),
        "residuals": fit.residuals.tolist(),
        "r2": fit.r2,
        "level": fit.level,
        "draws": None if fit.draws is None else fit.draws.tolist(),
        "coefficients": [{key: _told(value) for key, value in row.items()} for row in fit.rows()],
        "covariance": _finite(fit.covariance),
    }


def _fitted(file: LawFile, one: FittedCurve, curve: Curve) -> Fitted:
    at, p = f"fits[{file.fits.index(one)}]", len(curve.names)
    _check_width(f"{at}.theta", [one.theta], p)
    _check_width(f"{at}.spread", one.spread or [], p)
    _check_width(f"{at}.draws", one.draws or [], p)
    if one.spread is not None and len(one.spread) != p:
        raise RecipeError(f"{at}.spread: {len(one.spread)} rows; allowed: {p}")
    theta = np.array(one.theta)
    values = [row.get("value") for row in one.coefficients]
    if not _agree(values, curve.told(theta)):
        raise RecipeError(f"{at}.coefficients: do not follow from theta; change theta, from which predictions are made")
    spread = np.full((p, p), np.inf) if one.spread is None else np.array(one.spread)
    draws = None if one.draws is None else np.array(one.draws)
    return Fitted(one.of, curve, theta, spread, np.array(one.residuals), one.r2, one.level, draws)


def _check_width(where: str, rows: Sequence[Sequence[float]], p: int) -> None:
    for row in rows:
        if len(row) != p:
            raise RecipeError(f"{where}: {len(row)} numbers; allowed: {p}, one for each coefficient")


def _agree(values: Sequence[Any], told: Numbers) -> bool:
    is_number = all(isinstance(value, int | float) for value in values)
    return is_number and len(values) == len(told) and bool(np.allclose(values, told, rtol=_CLOSE, atol=0))


def _finite(matrix: Numbers) -> list[list[float]] | None:
    return matrix.tolist() if np.isfinite(matrix).all() else None


def _told(value: Any) -> Any:
    return None if isinstance(value, float) and not np.isfinite(value) else value


_OF_SIZES = ("overtraining", "chinchilla")
_CURVES = {"bimix": bimix.CURVE, "overtraining": overtraining.CURVE, "chinchilla": chinchilla.CURVE}
