"""The same elements at other places: flipped, rolled, on a diagonal, in a triangle."""

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from layergen.autodiff.rules.operand import in_one
from layergen.autodiff.rules.rule import Rule, is_literal

__all__ = ["COMPLEX", "RULES"]


def flip(grad: Tensor, out: Tensor, input: Tensor, *dims: Any, **named: Any) -> Any:
    """Source: derivatives.yaml, flip."""
    turned = in_one(dims, named)
    return (grad.flip(*turned) if turned else grad,)


def fliplr(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, flip."""
    return (grad.fliplr(),)


def flipud(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, flip."""
    return (grad.flipud(),)


def rot90(
    grad: Tensor, out: Tensor, input: Tensor, k: int = 1, dims: Any = (0, 1)
) -> Any:
    """Source: derivatives.yaml, rot90: the other way round."""
    return (grad.rot90(-k, dims),)


def roll(
    grad: Tensor, out: Tensor, input: Tensor, shifts: Any, dims: Any = None
) -> Any:
    """Source: derivatives.yaml, roll: the other way."""
    back = [-each for each in shifts] if isinstance(shifts, Sequence) else -shifts
    return (grad.roll(back) if dims is None else grad.roll(back, dims),)


def tril(grad: Tensor, out: Tensor, input: Tensor, diagonal: int = 0) -> Any:
    """Source: derivatives.yaml, tril."""
    return (grad.tril() if is_literal(diagonal, 0) else grad.tril(diagonal),)


def triu(grad: Tensor, out: Tensor, input: Tensor, diagonal: int = 0) -> Any:
    """Source: derivatives.yaml, triu."""
    return (grad.triu() if is_literal(diagonal, 0) else grad.triu(diagonal),)


def diag(grad: Tensor, out: Tensor, input: Tensor, diagonal: int = 0) -> Any:
    """Source: derivatives.yaml, diag_embed of a vector, diagonal of a matrix."""
    if input.dim() == 1:
        return (grad.diagonal(diagonal),)
    return (grad.new_zeros(input.shape).diagonal_scatter(grad, diagonal),)


def diag_embed(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    offset: int = 0,
    dim1: int = -2,
    dim2: int = -1,
) -> Any:
    """Source: derivatives.yaml, diag_embed."""
    return (grad.diagonal(offset, dim1, dim2),)


def diagflat(grad: Tensor, out: Tensor, input: Tensor, offset: int = 0) -> Any:
    """Source: derivatives.yaml, diag_embed, of all elements in a row."""
    entries = grad.diagonal(offset)
    return (entries if input.dim() == 1 else entries.reshape(input.shape),)


RULES: Mapping[str, Rule] = {
    "diag": diag,
    "diag_embed": diag_embed,
    "diagflat": diagflat,
    "flip": flip,
    "fliplr": fliplr,
    "flipud": flipud,
    "roll": roll,
    "rot90": rot90,
    "tril": tril,
    "triu": triu,
}
COMPLEX: frozenset[str] = frozenset(RULES)
