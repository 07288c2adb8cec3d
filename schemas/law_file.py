"""A fitted law as ``sluice laws fit --out`` writes it: what predictions need, without the data."""

from typing import Annotated, Any, Literal

from pydantic import Field

from schemas.shapes import Ratio, Several, Sha256, Shape

Number = Annotated[float, Field(allow_inf_nan=False)]
Vector = Annotated[Several[Number], Field(min_length=1)]


class FittedCurve(Shape):
    """One curve: of one target."""

    target: str
    """Name of its loss; ``error``: the law of error in loss."""
    of: str
    """What was fitted on what, for people."""
    theta: Vector
    """Coefficients as they were fitted: some are logarithms."""
    spread: Several[Vector] | None
    """Their covariance; null: no more points than coefficients, so that nothing is known."""
    residuals: Vector
    r2: Number
    level: Ratio
    draws: Several[Vector] | None = None
    """Thetas of the bootstrap."""
    coefficients: Several[dict[str, Any]]
    """For readers: name, value, low, high and standard_error of each; null: infinite."""
    covariance: Several[Vector] | None = None
    """For readers: of these coefficients."""


class LawFile(Shape):
    """The whole file."""

    law: Literal["bimix", "exponential", "overtraining", "chinchilla"]
    label: str
    """Name of the data that it was fitted on."""
    sha256: Sha256
    """Of these data."""
    code_version: str
    """Of Sluice."""
    domains: Several[str] = ()
    """Of a law of mixtures."""
    sum_tolerance: Annotated[Number, Field(ge=0)] = 1e-6
    """By how much a mixture's sum may be off 1."""
    spent: Annotated[Number, Field(ge=0)] = 0.0
    """Operations of all runs that a law of sizes was fitted on."""
    fits: Annotated[Several[FittedCurve], Field(min_length=1)]
