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
    """Source: Zhang and Sennrich, Root Mean Square Layer Normalization, 2019."""
    dims = along(range(-len(normalized_shape), 0))
    least = machine_epsilon(input) if eps is None else eps
    rstd = torch.rsqrt(input.square().mean(dims, keepdim=True) + least)
    x_hat = input * rstd
    x_hat_grad = grad if weight is None else grad * weight
    projection = x_hat * (x_hat_grad * x_hat).mean(dims, keepdim=True)
    return (
        rstd * (x_hat_grad - projection),
        None,
        None if weight is None else (grad * x_hat).sum_to_size(weight.shape),
    )


def machine_epsilon(input: Tensor) -> Tensor:
    """Give the distance from 1 to the next number, in single precision where that is more.

    It is what rms_norm adds without an eps, and no number: that would be of one dtype alone.
    """
    one = input.new_ones(()) * input.new_ones((), dtype=torch.float32)
    return torch.nextafter(one, one + 1) - one


RULES: Mapping[str, Rule] = {
    "layer_norm": layer_norm,
    "rms_norm": rms_norm,
}
