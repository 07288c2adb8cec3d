"""How large a training run is, and which of a benchmark's scales it is, or data suffice for."""

from collections.abc import Mapping

from schemas.benchmark import Scale

_TOLERANCE = 0.05
"""As much may parameters and tokens differ from a scale's: embeddings, and batches that are not cut, move both."""


def compute(n_params: float, n_tokens: float) -> float:
    """Give the floating-point operations of a training run: 6 for each parameter and token (Kaplan et al. 2020)."""
    return 6.0 * n_params * n_tokens


def scale_of(scales: Mapping[str, Scale], n_params: float | None, n_tokens: float | None) -> str | None:
    """Name the scale that a run is of: both its sizes are within 5 % of it. None: of none, or a size is unknown."""
    if not n_params or not n_tokens:
        return None
    far = {
        name: max(abs(n_params / scale.params - 1), abs(n_tokens / scale.tokens - 1)) for name, scale in scales.items()
    }
    nearest = min(far, key=lambda name: far[name])
    return nearest if far[nearest] <= _TOLERANCE else None


def largest_filled(scales: Mapping[str, Scale], n_tokens: float | None, n_epochs: float = 1.0) -> str | None:
    """Name the scale of most compute whose training sees no token of so many more than ``n_epochs`` times.

    Args:
        scales: Name → scale.
        n_tokens: Different tokens that there are, such as a snapshot's; None: nobody counted.
        n_epochs: Above 0. About 4 cost little against new tokens (Muennighoff et al. 2023).

    Returns:
        None where even the smallest scale asks for more.
    """
    enough = {name: scale for name, scale in scales.items() if scale.tokens <= (n_tokens or 0) * n_epochs}
    return max(enough, key=lambda name: compute(enough[name].params, enough[name].tokens), default=None)
