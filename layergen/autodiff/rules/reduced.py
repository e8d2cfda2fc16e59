"""Dimensions that a reduction took away, and how many elements it took together."""

import math
from collections.abc import Sequence
from typing import Any

from torch import Tensor

from layergen.autodiff.rules.rule import is_literal

__all__ = ["Dims", "broadcasts", "count", "mean", "spread", "takes_all", "with_dims"]

Dims = int | list[int] | tuple[int, ...] | None


def takes_all(dim: Any) -> bool:
    """Tell whether every dimension is reduced: `x.sum()`, `x.sum([])`."""
    return dim is None or (not isinstance(dim, int) and len(dim) == 0)


def with_dims(reduced: Tensor, input: Tensor, dim: Dims, keepdim: bool) -> Tensor:
    """Put the reduced dimensions back with size 1; a scalar broadcasts as it is."""
    if keepdim or dim is None or takes_all(dim) or reduced.dim() == 0:
        return reduced
    for each in [dim] if isinstance(dim, int) else in_order(dim, input.dim()):
        reduced = reduced.unsqueeze(each)
    return reduced


def in_order(dims: Sequence[int], rank: int) -> list[int]:
    """Order dimensions so that each is in its place when the next one comes."""
    from_start = sorted(dim for dim in dims if dim >= 0)
    from_end = sorted((dim for dim in dims if dim < 0), reverse=True)
    if from_start and from_end and from_start[-1] >= rank + from_end[-1]:
        return sorted(dim % rank for dim in dims)
    return from_start + from_end


def count(input: Tensor, dim: Dims) -> Any:
    """Count the elements that become one."""
    if dim is None or takes_all(dim):
        return input.numel()
    if input.dim() == 0:
        return 1
    if isinstance(dim, int):
        return input.shape[dim]
    return math.prod(input.shape[each] for each in dim)


def mean(input: Tensor, dim: Dims) -> Tensor:
    """Average so that the result broadcasts to the input."""
    return (
        input.mean() if dim is None or takes_all(dim) else input.mean(dim, keepdim=True)
    )


def broadcasts(one: Tensor, other: Tensor) -> bool:
    """Tell whether one of two operands is repeated along a dimension, and not the other."""
    return one.dim() != other.dim() or any(
        is_literal(a, 1) != is_literal(b, 1)
        for a, b in zip(one.shape, other.shape, strict=True)
    )


def spread(grad: Tensor, chosen: Tensor, dim: Dims) -> Tensor:
    """Share a gradient evenly among the elements that were chosen."""
    if dim is None or takes_all(dim):
        return chosen * (grad / chosen.sum())
    return chosen * (grad / chosen.sum(dim, keepdim=True))
