"""Means, variances and standard deviations."""

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.rules import reduced
from layergen.autodiff.rules.reduced import Dims, count, with_dims
from layergen.autodiff.rules.rule import Rule, is_literal

__all__ = ["RULES"]

Pair = tuple[Tensor | None, Tensor | None]


def mean(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    dtype: torch.dtype | None = None,
) -> Any:
    """Source: derivatives.yaml, mean."""
    return (with_dims(grad, input, dim, keepdim) / count(input, dim),)


def nanmean(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    dtype: torch.dtype | None = None,
) -> Any:
    """Source: the chain rule, on the sum of the numbers over how many they are."""
    numbers = ~input.isnan()
    return (reduced.spread(with_dims(grad, input, dim, keepdim), numbers, dim),)


def var(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    dim: Dims = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Any:
    """Source: derivatives.yaml, var: 2 (x - mean) / (n - correction)."""
    dim, freedom = degrees_of_freedom(input, dim, unbiased, correction)
    scale = 2 * with_dims(grad, input, dim, keepdim) / freedom
    return (scale * (input - reduced.mean(input, dim)),)


def std(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    dim: Dims = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Any:
    """Source: derivatives.yaml, std: (x - mean) / ((n - correction) std), and 0 where std is."""
    dim, freedom = degrees_of_freedom(input, dim, unbiased, correction)
    scale = grad / (freedom * out.masked_fill(out == 0, math.inf))
    deviation = input - reduced.mean(input, dim)
    return (with_dims(scale, input, dim, keepdim) * deviation,)


def degrees_of_freedom(
    input: Tensor, dim: Any, unbiased: bool, correction: float | None
) -> tuple[Dims, Any]:
    """Read the two ways to spell a variance: tell the dimensions, and n - correction."""
    if isinstance(dim, bool):  # x.var(False)
        dim, unbiased = None, dim
    if correction is None:
        correction = int(unbiased)
    number = count(input, dim)
    return dim, number if is_literal(correction, 0) else number - correction


def var_mean(
    grad: Pair,
    out: Any,
    input: Tensor,
    dim: Dims = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Any:
    """Source: derivatives.yaml, var_mean: the gradients of both, added up."""
    return spread_and_mean(var, grad, out, input, dim, unbiased, keepdim, correction)


def std_mean(
    grad: Pair,
    out: Any,
    input: Tensor,
    dim: Dims = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Any:
    """Source: derivatives.yaml, std_mean: the gradients of both, added up."""
    return spread_and_mean(std, grad, out, input, dim, unbiased, keepdim, correction)


def spread_and_mean(
    spread: Rule,
    grad: Pair,
    out: Any,
    input: Tensor,
    dim: Dims,
    unbiased: bool,
    keepdim: bool,
    correction: float | None,
) -> Any:
    """Add the gradients of a measure of spread and of the mean, as far as there are any."""
    grads = []
    if grad[0] is not None:
        grads += spread(
            grad[0],
            out[0],
            input,
            dim,
            unbiased,
            keepdim,
            correction=correction,
        )
    if grad[1] is not None:
        over = None if isinstance(dim, bool) else dim
        grads += mean(grad[1], out[1], input, over, keepdim)
    return (grads[0] + grads[1] if len(grads) == 2 else grads[0],)


RULES: Mapping[str, Rule] = {
    "mean": mean,
    "nanmean": nanmean,
    "var": var,
    "std": std,
    "var_mean": var_mean,
    "std_mean": std_mean,
}
