"""Von Neumann entropy: how many directions vectors spread over.

BiMix (Ge and others 2024, arXiv 2405.14908v4, entropy proxies) takes it of a domain's sampled documents, each a vector:
H = -Tr(ρ ln ρ) with ρ = K / N and K the kernel between all pairs, 1 between a vector and itself. The paper does not
name its kernel; this is the cosine.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]


def von_neumann(vectors: Floats) -> float:
    """Give the von Neumann entropy of vectors under the cosine kernel.

    ρ is U Uᵀ / N, U the vectors at length 1, and but for zeros Uᵀ U / N has the same eigenvalues. So the smaller of the
    two matrices is taken apart: in n² d + n³ operations for few vectors, n d² + d³ for many.

    Args:
        vectors: ``[n, d]``, at least one, none without a direction (all 0, NaN, infinite).

    Returns:
        Nats, from 0 (all point one way) to ln min(n, d).

    Raises:
        ValueError: there is no vector, or one has no direction.
    """
    n, d = vectors.shape
    with np.errstate(all="ignore"):
        scaled = vectors / np.abs(vectors).max(axis=1, initial=0.0, keepdims=True).astype(np.float64)
        units = scaled / np.sqrt((scaled * scaled).sum(axis=1, keepdims=True))
    if not n or not np.isfinite(units).all():
        raise ValueError(f"von Neumann entropy of {n:,} vectors: at least one is needed, and each needs a direction")
    density = (units @ units.T if n <= d else units.T @ units) / n
    eigenvalues = np.linalg.eigvalsh(density)
    positive = eigenvalues[eigenvalues > 0]
    return max(0.0, float(-(positive * np.log(positive)).sum()))
