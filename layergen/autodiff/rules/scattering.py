"""Elements written, added or reduced into places that each has for itself."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.rules.rule import Rule

__all__ = ["RULES"]


def scatter(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    dim: int,
    index: Tensor,
    src: Any = None,
    *,
    value: float | None = None,
    reduce: str | None = None,
) -> Any:
    """Source: derivatives.yaml, scatter."""
    if reduce is not None:
        return NotImplemented
    kept = grad.scatter(dim, index, 0)
    if not isinstance(src, Tensor):
        return (kept,)
    return kept, None, None, grad.gather(dim, index)


def scatter_add(
    grad: Tensor, out: Tensor, input: Tensor, dim: int, index: Tensor, src: Tensor
) -> Any:
    """Source: derivatives.yaml, scatter_add."""
    return grad, None, None, grad.gather(dim, index)


def scatter_reduce(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    dim: int,
    index: Tensor,
    src: Tensor,
    reduce: str,
    *,
    include_self: bool = True,
) -> Any:
    """Source: derivatives.yaml, scatter_reduce; equal extremes share the gradient."""
    return reduced(
        (grad, out, input, src),
        reduce,
        include_self,
        take=lambda each: each.gather(dim, index),
        add=lambda each, parts: each.scatter_add(dim, index, parts),
        multiply=lambda each, parts: each.scatter_reduce(dim, index, parts, "prod"),
        clear=lambda each: each.scatter(dim, index, 0),
    )


def index_reduce(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    dim: int,
    index: Tensor,
    source: Tensor,
    reduce: str,
    *,
    include_self: bool = True,
) -> Any:
    """Source: derivatives.yaml, index_reduce; equal extremes share the gradient."""
    return reduced(
        (grad, out, input, source),
        reduce,
        include_self,
        take=lambda each: each.index_select(dim, index),
        add=lambda each, parts: each.index_add(dim, index, parts),
        multiply=lambda each, parts: each.index_reduce(dim, index, parts, "prod"),
        clear=lambda each: each.index_fill(dim, index, 0),
    )


def reduced(
    tensors: Sequence[Tensor],
    reduce: str,
    include_self: bool,
    *,
    take: Callable[[Tensor], Tensor],
    add: Callable[[Tensor, Tensor], Tensor],
    multiply: Callable[[Tensor, Tensor], Tensor],
    clear: Callable[[Tensor], Tensor],
) -> Any:
    """Differentiate a reduction into places.

    Args:
        tensors: the gradient, the result, the input and the source.
        reduce: "sum", "mean", "prod", "amax" or "amin".
        include_self: whether the input's own elements take part.
        take: what stands at the places.
        add: adds to what stands there.
        multiply: multiplies what stands there.
        clear: puts zeros there.
    """
    grad, out, input, source = tensors
    if reduce == "mean":
        ones = torch.ones_like(grad) if include_self else torch.zeros_like(grad)
        count = add(ones, torch.ones_like(source))
        grad = grad / (count if include_self else count.clamp(min=1))
    mine, theirs = grad, take(grad)
    if reduce in ("amax", "amin"):
        is_mine = (input == out).to(grad.dtype)
        is_theirs = (source == take(out)).to(grad.dtype)
        share = grad / add(is_mine, is_theirs)
        mine, theirs = is_mine * share, is_theirs * take(share)
    if reduce == "prod":
        own, each = products(tensors[1:], include_self, take, add, multiply)
        mine, theirs = grad * own, theirs * each
    return mine if include_self else clear(mine), None, None, theirs


def products(
    tensors: Sequence[Tensor],
    include_self: bool,
    take: Callable[[Tensor], Tensor],
    add: Callable[[Tensor, Tensor], Tensor],
    multiply: Callable[[Tensor, Tensor], Tensor],
) -> tuple[Any, Tensor]:
    """Multiply the factors beside each one, of the input and of the source."""
    out, input, source = tensors
    first = input if include_self else torch.ones_like(input)
    product = multiply(without_zeros(first), without_zeros(source))
    zeros = add(zeros_of(first), zeros_of(source))
    count = add((first == 0).to(out.dtype), (source == 0).to(out.dtype))
    of_all = (out, product, zeros, count)
    own = of_others(input, *of_all) if include_self else 1
    return own, of_others(source, *map(take, of_all))


def of_others(
    factor: Tensor, out: Tensor, product: Tensor, zeros: Tensor, count: Tensor
) -> Tensor:
    """Multiply the other factors at a place: out / factor, where that is not 0.

    Args:
        factor: one of them.
        out: the product of all.
        product: of all that are not 0.
        zeros: the sum of those that are 0, of which the other one may be differentiated.
        count: how many are 0.
    """
    other = torch.where(count == 2, zeros - factor, 0)
    alone = product * torch.where(count == 1, 1, other)
    return torch.where(factor == 0, alone, out / without_zeros(factor))


def without_zeros(factors: Tensor) -> Tensor:
    """Leave zeros out of a product, or of what is divided by."""
    return factors.masked_fill(factors == 0, 1)


def zeros_of(factors: Tensor) -> Tensor:
    """Take what is 0, as what can be differentiated."""
    return factors.masked_fill(factors != 0, 0)


RULES: Mapping[str, Rule] = {
    "index_reduce": index_reduce,
    "scatter": scatter,
    "scatter_add": scatter_add,
    "scatter_reduce": scatter_reduce,
}
