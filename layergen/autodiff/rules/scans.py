"""Running sums, products and extremes along a dimension, and their inverse, differences."""

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from layergen.autodiff.rules.operand import into
from layergen.autodiff.rules.rule import Rule

__all__ = ["RULES"]

# The logarithm of nothing: exp(-1e4) is 0 in every dtype, and every dtype holds -1e4.
NOTHING = -1e4


def cumsum(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    dim: int,
    *,
    dtype: torch.dtype | None = None,
) -> Any:
    """Source: derivatives.yaml, cumsum: the running sum from the other end."""
    return (grad.flip(dim).cumsum(dim).flip(dim) if input.dim() else grad,)


def cumprod(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    dim: int,
    *,
    dtype: torch.dtype | None = None,
) -> Any:
    """Source: the chain rule; each factor meets the running products of the others.

    The quotient out / input would need no matrix, but has no value where a factor is 0.
    """
    if input.dim() == 0:
        return (grad,)
    factors = input.movedim(dim, -1)
    left_out = torch.ones_like(factors, dtype=torch.bool).diag_embed()
    others = factors.unsqueeze(-2).masked_fill(left_out, 1).cumprod(-1).triu()
    grads = (others * grad.movedim(dim, -1).unsqueeze(-2)).sum(-1)
    return (grads.movedim(-1, dim),)


def logcumsumexp(grad: Tensor, out: Tensor, input: Tensor, dim: int) -> Any:
    """Source: derivatives.yaml, logcumsumexp: the running sum of grad exp(input - out).

    It runs from the other end, in logarithms, where nothing overflows: first of the positive
    cotangents, then of the negative ones.
    """
    if input.dim() == 0:
        return (grad,)
    gains = torch.where(grad > 0, grad.log(), NOTHING) - out
    losses = torch.where(grad < 0, (-grad).log(), NOTHING) - out
    gain = gains.flip(dim).logcumsumexp(dim).flip(dim) + input
    loss = losses.flip(dim).logcumsumexp(dim).flip(dim) + input
    return (gain.exp() - loss.exp(),)


def cummax(grad: Any, out: Any, input: Tensor, dim: int) -> Any:
    """Source: derivatives.yaml, cummax: to where the indices say that it was taken."""
    if grad[0] is None:
        return (None,)
    zeros = grad[0].new_zeros(input.shape)
    return (zeros.scatter_add(dim, out[1], grad[0]),)


def diff(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    n: int = 1,
    dim: int = -1,
    prepend: Tensor | None = None,
    append: Tensor | None = None,
) -> Any:
    """Source: the chain rule; the difference of grad between zeros, with its sign changed."""
    if n == 0:
        return (grad,)
    behind = (0, 0) * (input.dim() - 1 - dim % input.dim())
    whole = F.pad(grad, (*behind, n, n)).diff(n, dim)
    whole = -whole if n % 2 else whole
    if prepend is None and append is None:
        return (whole,)
    sizes = [
        0 if each is None else each.shape[dim] for each in (prepend, input, append)
    ]
    before, inner, after = torch.split(whole, sizes, dim)
    return inner, None, None, into(prepend, before), into(append, after)


RULES: Mapping[str, Rule] = {
    "cumsum": cumsum,
    "cumprod": cumprod,
    "logcumsumexp": logcumsumexp,
    "cummax": cummax,
    "cummin": cummax,
    "diff": diff,
}
