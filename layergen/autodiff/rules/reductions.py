"""Sums and products over dimensions."""

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from layergen.autodiff.rules.reduced import Dims, with_dims
from layergen.autodiff.rules.rule import Rule

__all__ = ["RULES", "SPREADING"]

SPREADING = frozenset({"mean", "sum"})


def sum(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    dtype: torch.dtype | None = None,
) -> Any:
    """Source: derivatives.yaml, sum: every term gets the whole gradient."""
    return (with_dims(grad, input, dim, keepdim),)


def nansum(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    dtype: torch.dtype | None = None,
) -> Any:
    """Source: derivatives.yaml, nansum: what was left out gets nothing."""
    return (torch.where(input.isnan(), 0, with_dims(grad, input, dim, keepdim)),)


def prod(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    dtype: torch.dtype | None = None,
) -> Any:
    """Source: derivatives.yaml, prod: each factor gets the product of the others."""
    if dim is None:
        return (grad * product_of_others(input.flatten(), -1).reshape(input.shape),)
    if input.dim() == 0:
        return (grad,)
    return (with_dims(grad, input, dim, keepdim) * product_of_others(input, dim),)


def product_of_others(input: Tensor, dim: int) -> Tensor:
    """Multiply what is before each factor by what is after it; out / input fails at 0."""
    behind = (0, 0) * (input.dim() - 1 - dim % input.dim())
    before = F.pad(input, (*behind, 1, -1), value=1).cumprod(dim)
    after = F.pad(input, (*behind, -1, 1), value=1).flip(dim).cumprod(dim).flip(dim)
    return before * after


def logsumexp(
    grad: Tensor, out: Tensor, input: Tensor, dim: Dims, keepdim: bool = False
) -> Any:
    """Source: derivatives.yaml, logsumexp: softmax, as exp(input - out)."""
    largest = with_dims(out, input, dim, keepdim)
    return (with_dims(grad, input, dim, keepdim) * torch.exp(input - largest),)


def trace(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, trace: the identity matrix, of any shape."""
    return (grad * torch.ones_like(input).tril().triu(),)


RULES: Mapping[str, Rule] = {
    "sum": sum,
    "nansum": nansum,
    "prod": prod,
    "logsumexp": logsumexp,
    "trace": trace,
}
