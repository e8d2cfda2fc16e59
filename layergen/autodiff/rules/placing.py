"""A gradient put back where its slice was taken from, among zeros."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch.nn.functional as F
from torch import Tensor

__all__ = ["Piece", "into_entry", "into_pieces", "into_slices", "is_counted"]

# Of one dimension: a slice of it, or the place of the one element that was taken.
Piece = slice | int


def into_entry(grad: Tensor, shape: Sequence[int], dim: int, index: int) -> Tensor:
    """Give the adjoint of x.select(dim, index)."""
    return grad.new_zeros(shape).select_scatter(grad, dim, index)


def into_slices(
    grad: Tensor, shape: Sequence[int], slices: Mapping[int, slice]
) -> Tensor:
    """Give the adjoint of x[..., start:stop:step].

    Padding with zeros is the shortest where it is read from the right: of the last dimension,
    and of several at once. Elsewhere slice_scatter repeats what the user wrote.

    Args:
        grad: of the slice.
        shape: of x.
        slices: by their dimensions, from the left to the right.
    """
    is_short = len(slices) > 1 or -1 in slices or grad.dim() - 1 in slices
    if is_short and all(map(is_counted, slices.values())):
        return into_pieces(grad, shape, slices)
    sizes = list(grad.shape)
    for dim in reversed(list(slices)):
        sizes[dim] = shape[dim]
        is_outermost = dim == next(iter(slices))
        zeros = grad.new_zeros(shape if is_outermost else sizes)
        grad = zeros.slice_scatter(grad, dim, **bounds(slices[dim]))
    return grad


def into_pieces(
    grad: Tensor, shape: Sequence[int], pieces: Mapping[int, Piece]
) -> Tensor:
    """Pad a gradient around pieces that are counted, each as long as the gradient there."""
    of = {dim % grad.dim() - grad.dim(): piece for dim, piece in pieces.items()}
    amounts: list[int] = []
    for dim in range(-1, min(of) - 1, -1):
        missing = shape[dim] - grad.shape[dim]
        amounts += around(of[dim], missing) if dim in of else (0, 0)
    return F.pad(grad, amounts)


def is_counted(piece: Piece) -> bool:
    """Tell whether the zeros around a piece can be counted whatever the size: 2:, :n, 1:-1.

    1:3 is none of them: of fewer than three elements it takes fewer than two.
    """
    if not isinstance(piece, slice):
        return type(piece) is int
    if piece.step not in (None, 1):
        return False
    return piece.start is None or piece.stop is None or is_crop(piece)


def is_crop(piece: slice) -> bool:
    """Tell whether a slice leaves out so many elements at either end: 1:-1."""
    is_literal = type(piece.start) is int and type(piece.stop) is int
    return is_literal and piece.start >= 0 > piece.stop


def around(piece: Piece, missing: int) -> tuple[int, int]:
    """Tell how many of the missing elements lie left and right of a piece."""
    if not isinstance(piece, slice):
        right = -piece - 1
        return (piece, missing - piece) if piece >= 0 else (missing - right, right)
    if piece.stop is None:
        return missing, 0
    if piece.start is None:
        return 0, missing
    return piece.start, missing - piece.start


def bounds(piece: slice) -> dict[str, Any]:
    """Spell a slice as slice_scatter's arguments, without those that say nothing."""
    named = {"start": piece.start, "end": piece.stop, "step": piece.step}
    return {name: each for name, each in named.items() if each is not None}
