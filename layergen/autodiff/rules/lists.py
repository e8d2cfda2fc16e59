"""Elements that lists of places took: what came back to each of them is added up."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

__all__ = ["Lists", "added", "rank_of", "sliced", "without"]

Lists = Mapping[int, Tensor | list[int]]  # by their dimensions


def added(grad: Tensor, shape: Sequence[int], lists: Lists) -> Tensor:
    """Give the adjoint of x[:, places, places], where x has a shape."""
    if list(lists) == list(range(len(lists))):
        zeros = grad.new_zeros(shape)
        return zeros.index_put(as_tensors(lists, grad), grad, accumulate=True)
    if len(lists) == 1:
        ((dim, entry),) = lists.items()
        return added_along(grad, shape, dim, entry)
    return added_across(grad, shape, lists)


def as_tensors(lists: Lists, grad: Tensor) -> tuple[Tensor, ...]:
    """Make lists tensors."""
    return tuple(
        torch.tensor(each, device=grad.device) if isinstance(each, list) else each
        for each in lists.values()
    )


def sliced(grad: Tensor, shape: Sequence[int], lists: Lists) -> Sequence[int]:
    """Give the shape before the lists: theirs of the input, the others of the gradient."""
    dims = [dim % len(shape) for dim in lists]
    first, rank = block(dims, lists)
    others = iter([*grad.shape[:first], *grad.shape[first + rank :]])
    return [shape[dim] if dim in dims else next(others) for dim in range(len(shape))]


def block(dims: Sequence[int], lists: Lists) -> tuple[int, int]:
    """Find the dimensions that the lists gave: where they begin, and how many they are.

    They stand where those of neighbouring lists stood; otherwise they lead.
    """
    are_neighbours = list(dims) == list(range(dims[0], dims[0] + len(dims)))
    return dims[0] if are_neighbours else 0, max(map(rank_of, lists.values()))


def rank_of(entry: Any) -> int:
    """Tell how many dimensions an entry gives."""
    return entry.dim() if isinstance(entry, Tensor) else 1


def added_along(grad: Tensor, shape: Sequence[int], dim: int, entry: Any) -> Tensor:
    """Add a gradient along one dimension; a negative place counts from the end."""
    (places,) = as_tensors({dim: entry}, grad)
    more = places.dim() - 1
    if more < 0:
        grad = grad.unsqueeze(dim)
    elif more > 0:
        grad = grad.flatten(*((dim, dim + more) if dim >= 0 else (dim - more, dim)))
    if more != 0:
        places = places.flatten()
    if isinstance(entry, Tensor) or any(each < 0 for each in entry):
        places = places % shape[dim]
    return grad.new_zeros(shape).index_add(dim, places, grad)


def added_across(grad: Tensor, shape: Sequence[int], lists: Lists) -> Tensor:
    """Add a gradient along several dimensions, which lead for as long."""
    dims = tuple(dim % len(shape) for dim in lists)
    first, rank = block(dims, lists)
    front = tuple(range(len(dims)))
    if first and rank == 1:
        grad = grad.movedim(first, 0)
    elif first:
        grad = grad.movedim(tuple(range(first, first + rank)), tuple(range(rank)))
    zeros = grad.new_zeros((*(shape[dim] for dim in dims), *without(shape, dims)))
    total = zeros.index_put(as_tensors(lists, grad), grad, accumulate=True)
    return total.movedim(front, dims)


def without(shape: Sequence[int], dims: Sequence[int]) -> Sequence[int]:
    """Leave sizes out of a shape."""
    if not dims:
        return shape
    left_out = {dim % len(shape) for dim in dims}
    return [size for dim, size in enumerate(shape) if dim not in left_out]
