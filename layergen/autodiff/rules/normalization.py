"""Normalisation over the dimensions of one sample: layer norm and rms norm."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.rules.rule import Rule
from layergen.autodiff.rules.standardize import along, standardized, through_statistics

__all__ = ["RULES"]


def layer_norm(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Any:
    """Source: Ba, Kiros and Hinton, Layer Normalization, 2016."""
    dims = along(range(-len(normalized_shape), 0))
    x_hat, rstd = standardized(input, dims, eps)
    x_hat_grad = grad if weight is None else grad * weight
    return (
        through_statistics(x_hat_grad, x_hat, rstd, dims),
        None,
        None if weight is None else (grad * x_hat).sum_to_size(weight.shape),
        None if bias is None else grad.sum_to_size(bias.shape),
    )


def rms_norm(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    eps: float | None = None,
) -> Any:
    """Source: Zhang and Sennrich, Root Mean Square Layer Normalization, 2019.

    Without eps torch takes that of the dtype, which is not known here.
    """
    if eps is None:
        return NotImplemented
    dims = along(range(-len(normalized_shape), 0))
    rstd = torch.rsqrt(input.square().mean(dims, keepdim=True) + eps)
    x_hat = input * rstd
    x_hat_grad = grad if weight is None else grad * weight
    projection = x_hat * (x_hat_grad * x_hat).mean(dims, keepdim=True)
    return (
        rstd * (x_hat_grad - projection),
        None,
        None if weight is None else (grad * x_hat).sum_to_size(weight.shape),
    )


RULES: Mapping[str, Rule] = {
    "layer_norm": layer_norm,
    "rms_norm": rms_norm,
}
