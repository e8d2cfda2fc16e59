"""Bring a gradient to the shape of its operand, by the sum that a reader expects."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.adapter import is_known
from layergen.autodiff.tape import Entry, ShapeRef

__all__ = ["aligned", "broadcasts_to", "is_one", "summed"]


def aligned(one: Tensor, other: Tensor) -> bool:
    """Tell whether two tensors that broadcast together have one shape.

    Sizes other than a plain 1 are then equal: whether torch could prove it does not matter.
    """
    return one.dim() == other.dim() and all(
        is_one(a) == is_one(b) for a, b in zip(one.shape, other.shape, strict=True)
    )


def is_one(size: Any) -> bool:
    """Tell whether a size is 1 whatever the inputs are, by its formula or by a guard."""
    if isinstance(size, torch.SymInt):
        return size.node.hint == 1 and is_known(size == 1)
    return bool(size == 1)


def broadcasts_to(gradient: Tensor, target: Tensor) -> bool:
    """Tell whether a gradient broadcasts to the shape of a value."""
    if gradient.dim() > target.dim():
        return False
    ours = tuple(gradient.shape)
    theirs = tuple(target.shape)[target.dim() - len(ours) :]
    return all(is_one(a) or not is_one(b) for a, b in zip(ours, theirs, strict=True))


def summed(
    gradient: Tensor, operand: Entry, shape: ShapeRef, entries: Sequence[Entry]
) -> Tensor:
    """Sum a gradient to an operand's shape, as the reduction that made it summed."""
    if gradient.dim() == operand.result.dim():
        sizes = zip(operand.result.shape, gradient.shape, strict=True)
        ones = [at for at, (a, b) in enumerate(sizes) if is_one(a) and not is_one(b)]
        rank = gradient.dim()
        dims = reduced_by(operand, entries)
        if dims is not None and {at % rank for at in as_tuple(dims)} == set(ones):
            return gradient.sum(dims, keepdim=True)
        if not ones:  # a size may be 1 and nobody know it
            return gradient.sum_to_size(shape)
        if ones == list(range(rank - len(ones), rank)):
            ones = [at - rank for at in ones]  # the last dimensions, whatever the rank
        return gradient.sum(ones[0] if len(ones) == 1 else tuple(ones), keepdim=True)
    return gradient.sum_to_size(shape)


def as_tuple(dims: Any) -> tuple[int, ...]:
    """See one dim as a tuple of one."""
    return tuple(dims) if isinstance(dims, tuple | list) else (dims,)


def is_dims(found: Any) -> bool:
    """Tell whether an argument names dimensions."""
    return all(type(each) is int for each in as_tuple(found))


ORDER_FIRST = frozenset(["norm", "linalg.norm", "linalg.vector_norm"])
KEEPS_SHAPE_LIMIT = 16  # operations between a reduction and its use


def reduced_by(operand: Entry, entries: Sequence[Entry]) -> Any:
    """Find the dims of the reduction, keepdim=True, that gave a value its shape."""
    entry = operand
    for _ in range(KEEPS_SHAPE_LIMIT):
        if entry.kwargs.get("keepdim") is True:
            at = 2 if entry.op in ORDER_FIRST else 1
            given = entry.args[at] if len(entry.args) > at else None
            dims = entry.kwargs.get("dim", given)
            return dims if is_dims(dims) else None
        sources = [
            entries[index]
            for index in entry.operands
            if isinstance(entries[index].result, Tensor)
            and aligned(entries[index].result, operand.result)
        ]
        if not sources:
            return None
        entry = sources[0]
    return None
