"""Normalisation by channel, the second dimension of a batch."""

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from layergen.autodiff.rules.rule import Rule
from layergen.autodiff.rules.standardize import (
    Axes,
    along,
    per_channel,
    standardized,
    through_statistics,
)

__all__ = ["RULES"]


def batch_norm(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """Source: Ioffe and Szegedy, Batch Normalization, 2015; in eval the statistics are constants."""
    x_hat_grad = scaled(grad, weight)
    if training or running_mean is None or running_var is None:
        x_hat, rstd = standardized(input, all_but_channels(input), eps)
        input_grad = through_statistics(
            x_hat_grad, x_hat, rstd, all_but_channels(input)
        )
    else:
        rstd = per_channel(torch.rsqrt(running_var + eps), input)
        x_hat = (input - per_channel(running_mean, input)) * rstd
        input_grad = x_hat_grad * rstd
    return input_grad, None, None, *of_affine(grad, x_hat, weight, bias)


def instance_norm(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """Source: Ulyanov, Vedaldi and Lempitsky, Instance Normalization, 2016."""
    if not use_input_stats:
        return batch_norm(
            grad, out, input, running_mean, running_var, weight, bias, eps=eps
        )
    dims = along(range(2 - input.dim(), 0))
    x_hat, rstd = standardized(input, dims, eps)
    input_grad = through_statistics(scaled(grad, weight), x_hat, rstd, dims)
    return input_grad, None, None, *of_affine(grad, x_hat, weight, bias)


def group_norm(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Any:
    """Source: Wu and He, Group Normalization, 2018."""
    shape = (num_groups, -1)  # of dimension 1
    dims = along(range(1 - input.dim(), 0))
    x_hat, rstd = standardized(torch.unflatten(input, 1, shape), dims, eps)
    x_hat_grad = torch.unflatten(scaled(grad, weight), 1, shape)
    input_grad = through_statistics(x_hat_grad, x_hat, rstd, dims).flatten(1, 2)
    return input_grad, None, *of_affine(grad, x_hat.flatten(1, 2), weight, bias)


def local_response_norm(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    size: int,
    alpha: float = 1e-4,
    beta: float = 0.75,
    k: float = 1.0,
) -> Any:
    """Source: Krizhevsky, Sutskever and Hinton, ImageNet Classification, 2012, section 3.3."""
    before, after = size // 2, (size - 1) // 2
    divisor = k + alpha * mean_of_neighbours(input.square(), before, after)
    pull = mean_of_neighbours(grad * out / divisor, after, before)
    return (grad / divisor**beta - 2 * beta * input * (alpha * pull),)


def mean_of_neighbours(input: Tensor, before: int, after: int) -> Tensor:
    """Average each channel with those before and after it; beyond the last ones is 0."""
    behind = (0, 0) * (input.dim() - 2)
    padded = F.pad(input, (*behind, before, after))
    return padded.unfold(1, before + after + 1, 1).mean(-1)


def scaled(grad: Tensor, weight: Tensor | None) -> Tensor:
    """Differentiate x_hat * weight + bias by x_hat."""
    return grad if weight is None else grad * per_channel(weight, grad)


def of_affine(
    grad: Tensor, x_hat: Tensor, weight: Tensor | None, bias: Tensor | None
) -> tuple[Tensor | None, Tensor | None]:
    """Differentiate x_hat * weight + bias by weight and bias."""
    dims = all_but_channels(grad)
    return (
        None if weight is None else (grad * x_hat).sum(dims),
        None if bias is None else grad.sum(dims),
    )


def all_but_channels(input: Tensor) -> Axes:
    """Name the dimensions that one channel's elements lie along."""
    return along((0, *range(2, input.dim())))


RULES: Mapping[str, Rule] = {
    "batch_norm": batch_norm,
    "instance_norm": instance_norm,
    "group_norm": group_norm,
    "local_response_norm": local_response_norm,
}
