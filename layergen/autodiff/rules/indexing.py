"""x[...]: whole numbers, slices, None, an ellipsis and tensors of whole numbers, in any mixture."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.rules.lists import added, rank_of, sliced, without
from layergen.autodiff.rules.placing import (
    into_entry,
    into_pieces,
    into_slices,
    is_counted,
)
from layergen.autodiff.rules.rule import Rule

__all__ = ["COMPLEX", "RULES"]

Entries = Sequence[Any]  # what stands between the brackets


def getitem(grad: Tensor, out: Tensor, input: Tensor, index: Any) -> Any:
    """Source: derivatives.yaml, unsqueeze, index, slice and select, undone in this order."""
    entries: Entries = index if isinstance(index, tuple) else (index,)
    lists = [each for each in entries if is_list(each)]
    if not all(map(is_covered, entries)) or (lists and has_new(entries)):
        return NotImplemented
    if len(lists) > 1 and 0 in map(rank_of, lists):
        return NotImplemented  # a single place among lists is taken first, as an int is
    grad = without_new(grad, entries)
    entries = [each for each in entries if each is not None]
    pieces = [each for each in entries if is_piece(each)]
    if pieces and not lists and all(map(is_counted, pieces)):
        return (from_pieces(grad, input.shape, entries),)
    ints = {dim: each for dim, each in numbered(entries) if is_int(each)}
    is_unknown = len(ints) > 1 and not all(map(is_counted, ints.values()))
    if is_unknown or (pieces and grad.is_complex()):
        return NotImplemented
    sizes = without(input.shape, list(ints))
    grad = from_slices(from_lists(grad, sizes, entries), sizes, entries)
    return (from_ints(grad, input.shape, entries, ints),)


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
    ints = [dim for dim, each in pieces.items() if is_int(each)]
    if len(ints) == 1:
        grad = grad.unsqueeze(ints[0])
    elif ints:
        grad = grad[new_dims(entries)]
    return into_pieces(grad, shape, pieces)


def new_dims(entries: Entries) -> tuple[Any, ...]:
    """Write an index that makes a dimension for each element that was taken."""
    index = [None if is_int(each) else each for each in entries]
    index = [slice(None) if isinstance(each, slice) else each for each in index]
    while ... not in index and index[-1] is not None:
        index.pop()  # a full slice at the end says nothing
    return tuple(index)


def from_ints(
    grad: Tensor, shape: Sequence[int], entries: Entries, ints: Mapping[int, Any]
) -> Tensor:
    """Put elements among zeros; slices are back already."""
    if len(ints) == 1:
        ((dim, index),) = ints.items()
        return into_entry(grad, shape, dim, index)
    left = [each if is_int(each) or each is ... else slice(None) for each in entries]
    return from_pieces(grad, shape, left) if ints else grad


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
    return added(grad, shape, lists)


RULES: Mapping[str, Rule] = {"getitem": getitem}
COMPLEX: frozenset[str] = frozenset(RULES)
