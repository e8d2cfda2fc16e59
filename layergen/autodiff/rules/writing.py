"""Elements written into a copy: the copy loses those gradients, and what was written gets them."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.rules.adjoint import scaled
from layergen.autodiff.rules.rule import Rule

__all__ = ["COMPLEX", "RULES"]

# Along a dimension, at the places that a tensor lists


def index_add(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    dim: int,
    index: Tensor,
    source: Tensor,
    *,
    alpha: float = 1,
) -> Any:
    """Source: derivatives.yaml, index_add."""
    return grad, None, None, scaled(alpha, selected(grad, dim, index, source))


def index_copy(
    grad: Tensor, out: Tensor, input: Tensor, dim: int, index: Tensor, source: Tensor
) -> Any:
    """Source: derivatives.yaml, index_copy."""
    taken = selected(grad, dim, index, source)
    return grad.index_fill(dim, index, 0), None, None, taken


def selected(grad: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """Take the entries of a source; a single one may stand there without its dimension."""
    taken = grad.index_select(dim, index)
    return taken if taken.dim() == source.dim() else taken.reshape(source.shape)


def index_fill(
    grad: Tensor, out: Tensor, input: Tensor, dim: int, index: Tensor, value: Any
) -> Any:
    """Source: derivatives.yaml, index_fill: a place that is listed twice counts once."""
    kept = grad.index_fill(dim, index, 0)
    if not isinstance(value, Tensor):
        return (kept,)
    return kept, None, None, (grad - kept).sum()


def index_put(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    indices: Sequence[Tensor],
    values: Tensor,
    accumulate: bool = False,
) -> Any:
    """Source: derivatives.yaml, index_put; a mask's values depend on its elements."""
    if any(each.dtype == torch.bool for each in indices):
        return NotImplemented
    taken = grad[tuple(indices)].sum_to_size(values.shape)
    kept = grad if accumulate else grad.index_put(tuple(indices), grad.new_zeros(()))
    return kept, None, taken


def put(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    index: Tensor,
    source: Tensor,
    accumulate: bool = False,
) -> Any:
    """Source: derivatives.yaml, put."""
    kept = grad if accumulate else grad.put(index, grad.new_zeros(source.shape))
    return kept, None, grad.take(index).reshape(source.shape)


def masked_scatter(
    grad: Tensor, out: Tensor, input: Tensor, mask: Tensor, source: Tensor
) -> Any:
    """Source: derivatives.yaml, masked_scatter: the n-th True takes the n-th element."""
    kept = grad.masked_fill(mask, 0).sum_to_size(input.shape)
    nth = mask.expand(grad.shape).flatten().cumsum(0) - 1
    taken = torch.where(mask, grad, 0).flatten()
    total = grad.new_zeros(source.numel()).index_add(0, nth.clamp(min=0), taken)
    return kept, None, total.reshape(source.shape)


# Into a part


def select_scatter(
    grad: Tensor, out: Tensor, input: Tensor, src: Tensor, dim: int, index: int
) -> Any:
    """Source: derivatives.yaml, select_scatter."""
    kept = grad.select_scatter(grad.new_zeros(src.shape), dim, index)
    return kept, grad.select(dim, index)


def slice_scatter(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    src: Tensor,
    dim: int = 0,
    start: Any = None,
    end: Any = None,
    step: int = 1,
) -> Any:
    """Source: derivatives.yaml, slice_scatter."""
    zeros = grad.new_zeros(src.shape)
    piece = slice(start, end, None if step == 1 else step)
    full = (slice(None),)
    index = (*full * dim, piece) if dim >= 0 else (..., piece, *full * (-dim - 1))
    return grad.slice_scatter(zeros, dim, start, end, step), grad[index]


def diagonal_scatter(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    src: Tensor,
    offset: int = 0,
    dim1: int = 0,
    dim2: int = 1,
) -> Any:
    """Source: derivatives.yaml, diagonal_scatter."""
    zeros = grad.new_zeros(src.shape)
    kept = grad.diagonal_scatter(zeros, offset, dim1, dim2)
    return kept, grad.diagonal(offset, dim1, dim2)


RULES: Mapping[str, Rule] = {
    "diagonal_scatter": diagonal_scatter,
    "index_add": index_add,
    "index_copy": index_copy,
    "index_fill": index_fill,
    "index_put": index_put,
    "masked_scatter": masked_scatter,
    "put": put,
    "select_scatter": select_scatter,
    "slice_scatter": slice_scatter,
}
COMPLEX: frozenset[str] = frozenset(["index_put", "select_scatter", "slice_scatter"])
