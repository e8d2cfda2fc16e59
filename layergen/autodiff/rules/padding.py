"""Padding: what was copied into the border comes back to where it was copied from."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch.nn.functional as F
from torch import Tensor

from layergen.autodiff.rules.rule import Rule, is_literal

__all__ = ["COMPLEX", "RULES"]

# The gradient of one border, and the zeros left and right that put it back: given the border,
# its dimension, its length, and the length of the input there.
Back = Callable[[Tensor, int, int, int], tuple[Tensor, int, int]]


def pad(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    pad: Sequence[int],
    mode: str = "constant",
    value: float | None = None,
) -> Any:
    """Source: derivatives.yaml, constant_pad_nd; the other modes by the chain rule."""
    if mode == "constant":
        return (cropped(grad, pad),)
    if any(type(each) is int and each < 0 for each in pad):
        return NotImplemented
    for at in range(len(pad) // 2):
        grad = folded(grad, input, -1 - at, pad[2 * at], pad[2 * at + 1], BACK[mode])
    return (grad,)


def constant_pad_nd(
    grad: Tensor, out: Tensor, input: Tensor, pad: Sequence[int], value: float = 0
) -> Any:
    """Source: derivatives.yaml, constant_pad_nd."""
    return (cropped(grad, pad),)


def cropped(grad: Tensor, pad: Sequence[int]) -> Tensor:
    """Cut the border off; a negative border cut something off, and is padded again."""
    if not all(type(each) is int and each >= 0 for each in pad):
        return F.pad(grad, [-each for each in pad])
    inner = [
        slice(left or None, -right or None)
        for left, right in zip(pad[::2], pad[1::2], strict=True)
    ]
    return grad[(..., *reversed(inner))]


def folded(
    grad: Tensor, input: Tensor, dim: int, left: int, right: int, back: Sequence[Back]
) -> Tensor:
    """Add the two borders of a dimension to what they were copied from."""
    has_left, has_right = not is_literal(left, 0), not is_literal(right, 0)
    if not has_left and not has_right:
        return grad
    size = input.shape[dim]
    sizes = [left] * has_left + [size] + [right] * has_right
    parts = grad.split(sizes, dim)  # type: ignore[no-untyped-call] # torch's
    total: Tensor = parts[has_left]
    if has_left:
        total = total + placed(dim, *back[0](parts[0], dim, left, size))
    if has_right:
        total = total + placed(dim, *back[1](parts[-1], dim, right, size))
    return total


def placed(dim: int, grad: Tensor, before: int, after: int) -> Tensor:
    """Put zeros before and after a gradient."""
    return F.pad(grad, (0, 0) * (-dim - 1) + (before, after))


# The left border of [a b c] is circular [c], reflected [b], replicated [a].
BACK: Mapping[str, tuple[Back, Back]] = {
    "circular": (
        lambda border, dim, length, size: (border, size - length, 0),
        lambda border, dim, length, size: (border, 0, size - length),
    ),
    "reflect": (
        lambda border, dim, length, size: (border.flip(dim), 1, size - length - 1),
        lambda border, dim, length, size: (border.flip(dim), size - length - 1, 1),
    ),
    "replicate": (
        lambda border, dim, length, size: (border.sum(dim, keepdim=True), 0, size - 1),
        lambda border, dim, length, size: (border.sum(dim, keepdim=True), size - 1, 0),
    ),
}
RULES: Mapping[str, Rule] = {"constant_pad_nd": constant_pad_nd, "pad": pad}
COMPLEX: frozenset[str] = frozenset(RULES)
