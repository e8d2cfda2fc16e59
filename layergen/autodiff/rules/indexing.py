"""x[...]: whole numbers, slices, None, an ellipsis and tensors of whole numbers, in any mixture."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.rules.placing import (
    into_entry,
    into_pieces,
    into_slices,
    is_counted,
)
from layergen.autodiff.rules.rule import Rule

__all__ = ["COMPLEX", "RULES"]

Entries = Sequence[Any]  # what stands between the brackets
Lists = Mapping[int, Tensor | list[int]]  # by their dimensions


def getitem(grad: Tensor, out: Tensor, input: Tensor, index: Any) -> Any:
    """Source: derivatives.yaml, unsqueeze, index, slice and select, undone in this order."""
    entries: Entries = index if isinstance(index, tuple) else (index,)
    has_lists = any(map(is_list, entries))
    if not all(map(is_covered, entries)) or (has_lists and has_new(entries)):
        return NotImplemented
    grad = without_new(grad, entries)
    entries = [each for each in entries if each is not None]
    pieces = [each for each in entries if is_piece(each)]
    ints = [dim for dim, each in numbered(entries) if is_int(each)]
    if len(ints) > 1 or (pieces and grad.is_complex()):
        # select_scatter would be nested, and has no second derivative of complex numbers
        if has_lists or not all(map(is_counted, pieces)):
            return NotImplemented
        return (from_pieces(grad, input.shape, entries),)
    sizes = without(input.shape, ints)
    grad = from_lists(grad, sizes, entries)
    grad = from_slices(grad, sizes, entries)
    for dim, index in numbered(entries):
        if is_int(index):
            grad = into_entry(grad, input.shape, dim, index)
    return (grad,)


# What an entry is


def is_int(entry: Any) -> bool:
    """Tell whether an entry takes one element, and its dimension away."""
    return isinstance(entry, int | torch.SymInt) and not isinstance(entry, bool)


def is_list(entry: Any) -> bool:
    """Tell whether an entry lists the elements to take."""
    return isinstance(entry, Tensor | list)


def is_slice(entry: Any) -> bool:
    """Tell whether an entry is a slice of less than everything."""
    if not isinstance(entry, slice):
        return False
    return any(each is not None for each in (entry.start, entry.stop, entry.step))


def is_piece(entry: Any) -> bool:
    """Tell whether an entry takes neighbours, or one element."""
    return is_int(entry) or is_slice(entry)


def is_covered(entry: Any) -> bool:
    """Tell whether the rule knows an entry: a mask's result depends on its values."""
    if isinstance(entry, Tensor):
        return entry.dtype not in (torch.bool, torch.uint8)
    if isinstance(entry, list):
        return bool(entry) and all(type(each) is int for each in entry)
    return entry is None or entry is ... or isinstance(entry, slice) or is_int(entry)


def has_new(entries: Entries) -> bool:
    """Tell whether an index makes new dimensions."""
    return any(each is None for each in entries)


def numbered(
    entries: Entries, counts: Callable[[Any], bool] = lambda entry: True
) -> list[tuple[int, Any]]:
    """Number entries by their dimensions: 0, 1 before an ellipsis, -2, -1 after it."""
    places = [at for at, each in enumerate(entries) if each is ...]
    cut = places[0] if places else len(entries)
    before = [each for each in entries[:cut] if counts(each)]
    after = [each for each in entries[cut + 1 :] if counts(each)]
    return [*enumerate(before), *enumerate(after, -len(after))]


def without(shape: Sequence[int], dims: Sequence[int]) -> Sequence[int]:
    """Leave sizes out of a shape."""
    if not dims:
        return shape
    left_out = {dim % len(shape) for dim in dims}
    return [size for dim, size in enumerate(shape) if dim not in left_out]


# What each kind of entry did, undone


def without_new(grad: Tensor, entries: Entries) -> Tensor:
    """Take away the dimensions that None made."""
    left = numbered(entries, lambda entry: not is_int(entry))
    dims = [dim for dim, each in left if each is None]
    if not dims:
        return grad
    return grad.squeeze(dims[0] if len(dims) == 1 else tuple(dims))


def from_pieces(grad: Tensor, shape: Sequence[int], entries: Entries) -> Tensor:
    """Pad around elements and slices, all at once."""
    pieces = {dim: each for dim, each in numbered(entries) if is_piece(each)}
    index = [None if is_int(each) else each for each in entries]
    index = [slice(None) if is_slice(each) else each for each in index]
    while ... not in index and index and index[-1] is not None:
        index.pop()  # a full slice at the end says nothing
    return into_pieces(grad[tuple(index)] if None in index else grad, shape, pieces)


def from_slices(grad: Tensor, shape: Sequence[int], entries: Entries) -> Tensor:
    """Put slices among zeros; elements are still taken."""
    left = numbered(entries, lambda entry: not is_int(entry))
    slices = {dim: each for dim, each in left if is_slice(each)}
    return into_slices(grad, shape, slices) if slices else grad


def from_lists(grad: Tensor, shape: Sequence[int], entries: Entries) -> Tensor:
    """Add up what came back to each element; slices and elements are still taken."""
    left = numbered(entries, lambda entry: not is_int(entry))
    lists = {dim: each for dim, each in left if is_list(each)}
    if not lists:
        return grad
    if any(is_slice(each) for _, each in left):
        shape = sliced(grad, shape, lists)
    if list(lists) == list(range(len(lists))):
        zeros = grad.new_zeros(shape)
        return zeros.index_put(as_tensors(lists, grad), grad, accumulate=True)
    if len(lists) == 1:
        return added_along(grad, shape, *lists.popitem())
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


RULES: Mapping[str, Rule] = {"getitem": getitem}
COMPLEX: frozenset[str] = frozenset(RULES)
