"""A gradient put back where its slice was taken from, among zeros."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch.nn.functional as F
from torch import Tensor

from layergen.autodiff.rules.rule import is_literal

__all__ = ["Piece", "into_entry", "into_pieces", "into_slices", "is_counted"]

# Of one dimension: a slice of it, or the place of the one element that was taken.
Piece = slice | int


def into_entry(grad: Tensor, shape: Sequence[int], dim: int, index: int) -> Tensor:
    """Give the adjoint of x.select(dim, index).

    Not by select_scatter: jacrev of a vmap of it is wrong in torch 2.13, and says nothing.
    """
    entry = grad.unsqueeze(dim)
    if is_counted(index):
        return into_pieces(entry, shape, {dim: index})
    return entry.new_zeros(shape).slice_scatter(entry, dim, index, index + 1)


def into_slices(
    grad: Tensor, shape: Sequence[int], slices: Mapping[int, slice]
) -> Tensor:
    """Give the adjoint of x[..., start:stop:step].

    Zeros are padded around the slices whose place can be counted, all at once. For the others
    slice_scatter repeats what the user wrote; it does not vmap where a bound is negative.

    Args:
        grad: of the slice.
        shape: of x.
        slices: by their dimensions, from the left to the right.
    """
    counted = {dim: piece for dim, piece in slices.items() if is_counted(piece)}
    others = [dim for dim in slices if dim not in counted]
    if counted:
        grad = into_pieces(grad, shape, counted)
    sizes = list(grad.shape)
    for dim in reversed(others):
        sizes[dim] = shape[dim]
        zeros = grad.new_zeros(shape if dim == others[0] else sizes)
        grad = zeros.slice_scatter(grad, dim, **bounds(slices[dim]))
    return grad


def into_pieces(
    grad: Tensor, shape: Sequence[int], pieces: Mapping[int, Piece]
) -> Tensor:
    """Pad a gradient around pieces that are counted, each as long as the gradient there."""
    of = {dim % grad.dim() - grad.dim(): piece for dim, piece in pieces.items()}
    amounts: list[int] = []
    for dim in range(-1, min(of) - 1, -1):
        if dim in of:
            amounts += around(of[dim], shape[dim] - grad.shape[dim])
        else:
            amounts += 0, 0
    return F.pad(grad, tuple(amounts))


def is_counted(piece: Piece) -> bool:
    """Tell whether the zeros around a piece can be counted, whatever the size: 2:, :n, 1:-1.

    1:3 is none of them: of fewer than three elements it takes fewer than two.
    """
    if not isinstance(piece, slice):
        return type(piece) is int
    if piece.step not in (None, 1):
        return False
    is_from_right = type(piece.stop) is int and piece.stop < 0
    return begins(piece) or piece.stop is None or is_from_right


def begins(piece: slice) -> bool:
    """Tell whether a slice was written to begin at the first element: :n, 0:n."""
    return piece.start is None or is_literal(piece.start, 0)


def around(piece: Piece, missing: int) -> tuple[int, int]:
    """Tell how many of the missing elements lie left and right of a piece."""
    if not isinstance(piece, slice):
        right = -piece - 1
        return (piece, missing - piece) if piece >= 0 else (missing - right, right)
    if begins(piece):
        return 0, missing
    if piece.stop is None:
        return missing, 0
    return missing + piece.stop, -piece.stop


def bounds(piece: slice) -> dict[str, Any]:
    """Spell a slice as slice_scatter's arguments, without those that say nothing."""
    named = {"start": piece.start, "end": piece.stop, "step": piece.step}
    return {name: each for name, each in named.items() if each is not None}
