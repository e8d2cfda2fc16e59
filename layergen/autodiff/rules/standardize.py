"""What all normalisations share: centre, divide by the standard deviation, and its adjoint."""

import torch
from torch import Tensor

__all__ = ["Axes", "along", "per_channel", "standardized", "through_statistics"]

Axes = int | tuple[int, ...]


def along(dims: range | tuple[int, ...]) -> Axes:
    """Name dimensions, a single one as a number."""
    return dims[0] if len(dims) == 1 else tuple(dims)


def standardized(input: Tensor, dims: Axes, eps: float) -> tuple[Tensor, Tensor]:
    """Give (input - mean) rstd, and rstd: one over the standard deviation."""
    mean = input.mean(dims, keepdim=True)
    rstd = torch.rsqrt(input.var(dims, correction=0, keepdim=True) + eps)
    return (input - mean) * rstd, rstd


def through_statistics(grad: Tensor, x_hat: Tensor, rstd: Tensor, dims: Axes) -> Tensor:
    """Differentiate x_hat by the input, on which its mean and its rstd depend too.

    Source: Ioffe and Szegedy, Batch Normalization, 2015, section 3.
    """
    projection = x_hat * (grad * x_hat).mean(dims, keepdim=True)
    return rstd * (grad - grad.mean(dims, keepdim=True) - projection)


def per_channel(vector: Tensor, input: Tensor) -> Tensor:
    """Let a vector broadcast along dimension 1 of a batch."""
    behind = (1,) * (input.dim() - 2)
    return vector.reshape(-1, *behind) if behind else vector
