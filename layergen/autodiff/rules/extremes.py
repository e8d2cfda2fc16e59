"""The largest and the smallest: what was taken gets the gradient."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from layergen.autodiff.rules.reduced import Dims, spread, with_dims
from layergen.autodiff.rules.rule import Rule
from layergen.autodiff.rules.selection import maximum, minimum

__all__ = ["RULES"]


def amax(
    grad: Tensor, out: Tensor, input: Tensor, dim: Dims = (), keepdim: bool = False
) -> Any:
    """Source: derivatives.yaml, amax: those that are equal share evenly."""
    chosen = input == with_dims(out, input, dim, keepdim)
    return (spread(with_dims(grad, input, dim, keepdim), chosen, dim),)


def aminmax(
    grad: Any, out: Any, input: Tensor, *, dim: int | None = None, keepdim: bool = False
) -> Any:
    """Source: derivatives.yaml, aminmax: as of amin and of amax."""
    grads = [
        amax(each, extreme, input, dim, keepdim)[0]
        for each, extreme in zip(grad, out, strict=True)
        if each is not None
    ]
    return (grads[0] + grads[1] if len(grads) == 2 else grads[0],)


def median(
    grad: Any, out: Any, input: Tensor, dim: int | None = None, keepdim: bool = False
) -> Any:
    """Source: derivatives.yaml, median: without dim, those that are equal share evenly."""
    if dim is None:
        return (spread(grad, input == out, None),)
    return mode(grad, out, input, dim, keepdim)


def mode(
    grad: Any, out: Any, input: Tensor, dim: int = -1, keepdim: bool = False
) -> Any:
    """Source: derivatives.yaml, mode: to where the indices say that it was taken."""
    if grad[0] is None:
        return (None,)
    indices = with_dims(out[1], input, dim, keepdim)
    values = with_dims(grad[0], input, dim, keepdim)
    return (values.new_zeros(input.shape).scatter(dim, indices, values),)


def kthvalue(
    grad: Any, out: Any, input: Tensor, k: int, dim: int = -1, keepdim: bool = False
) -> Any:
    """Source: derivatives.yaml, kthvalue."""
    return mode(grad, out, input, dim, keepdim)


def topk(
    grad: Any,
    out: Any,
    input: Tensor,
    k: int,
    dim: int = -1,
    largest: bool = True,
    sorted: bool = True,
) -> Any:
    """Source: derivatives.yaml, topk."""
    return mode(grad, out, input, dim, keepdim=True)


def sort(
    grad: Any,
    out: Any,
    input: Tensor,
    dim: int = -1,
    descending: bool = False,
    stable: bool = False,
) -> Any:
    """Source: derivatives.yaml, sort."""
    return mode(grad, out, input, dim, keepdim=True)


def msort(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, sort."""
    return (grad.new_zeros(input.shape).scatter(0, input.argsort(0), grad),)


def of_two(
    grads: tuple[Tensor, Tensor], input: Tensor, second: Tensor, in_place_of_dim: bool
) -> Any:
    """Sum the gradients of both to their shapes, and put the second where it stood."""
    first_grad = grads[0].sum_to_size(input.shape)
    second_grad = grads[1].sum_to_size(second.shape)
    if in_place_of_dim:
        return first_grad, second_grad
    return first_grad, None, None, second_grad


def max(
    grad: Any,
    out: Any,
    input: Tensor,
    dim: Any = None,
    keepdim: bool = False,
    *,
    other: Tensor | None = None,
) -> Any:
    """Source: derivatives.yaml, max; of two tensors it is maximum."""
    second = dim if isinstance(dim, Tensor) else other
    if second is None:
        return median(grad, out, input, dim, keepdim)
    return of_two(maximum(grad, out, input, second), input, second, other is None)


def min(
    grad: Any,
    out: Any,
    input: Tensor,
    dim: Any = None,
    keepdim: bool = False,
    *,
    other: Tensor | None = None,
) -> Any:
    """Source: derivatives.yaml, min; of two tensors it is minimum."""
    second = dim if isinstance(dim, Tensor) else other
    if second is None:
        return median(grad, out, input, dim, keepdim)
    return of_two(minimum(grad, out, input, second), input, second, other is None)


RULES: Mapping[str, Rule] = {
    "amax": amax,
    "amin": amax,
    "aminmax": aminmax,
    "max": max,
    "min": min,
    "median": median,
    "nanmedian": median,
    "mode": mode,
    "kthvalue": kthvalue,
    "topk": topk,
    "sort": sort,
    "msort": msort,
}
