"""Covariance and correlation, by their formulas: torch's own look at the weights' values."""

from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor

__all__ = ["UNFOLDED"]


def cov(
    input: Tensor,
    *,
    correction: int = 1,
    fweights: Tensor | None = None,
    aweights: Tensor | None = None,
) -> Any:
    """Source: torch.cov: variables in the rows, observations in the columns."""
    if aweights is not None and aweights.dtype != input.dtype:
        return NotImplemented  # torch rounds the weights' sums in their own dtype
    return covariances(input, correction, fweights, aweights).squeeze()


def covariances(
    input: Tensor,
    correction: int = 1,
    fweights: Tensor | None = None,
    aweights: Tensor | None = None,
) -> Any:
    """Relate all variables to all, where there is only one as well."""
    x = input if input.dim() > 1 else input.unsqueeze(0)
    if fweights is None and aweights is None:
        centered = x - x.mean(-1, keepdim=True)
        return centered @ centered.mT / (x.shape[-1] - correction)
    weights = weighted(fweights, aweights)
    total = weights.sum()
    centered = x - ((x * weights).sum(-1) / total).unsqueeze(-1)
    lost: Any = correction
    if aweights is not None:
        lost = correction * (weights * aweights).sum() / total
    return centered @ (centered * weights).mT / (total - lost)


def weighted(fweights: Tensor | None, aweights: Tensor | None) -> Any:
    """Weigh each observation by how often and by how much it counts."""
    if fweights is None or aweights is None:
        return aweights if fweights is None else fweights
    return fweights * aweights


def corrcoef(input: Tensor) -> Any:
    """Source: torch.corrcoef."""
    covariance = covariances(input)
    deviation = covariance.diagonal().sqrt()
    return (covariance / deviation.unsqueeze(-1) / deviation).clamp(-1, 1).squeeze()


UNFOLDED: Mapping[str, Callable[..., Any]] = {"corrcoef": corrcoef, "cov": cov}
