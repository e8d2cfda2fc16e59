"""Several tensors in one, and one tensor several times."""

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from layergen.autodiff.rules.operand import in_one
from layergen.autodiff.rules.rule import Rule, is_literal

__all__ = ["COMPLEX", "RULES"]

Tensors = Sequence[Tensor]

# Several in one


def cat(grad: Tensor, out: Tensor, tensors: Tensors, dim: int = 0) -> Any:
    """Source: derivatives.yaml, cat; an empty vector may stand among matrices, unseen."""
    if any(each.dim() != grad.dim() for each in tensors):
        return NotImplemented
    sizes = [each.shape[dim] for each in tensors]
    return (grad.split(sizes, dim),)  # type: ignore[no-untyped-call] # torch's


def stack(grad: Tensor, out: Tensor, tensors: Tensors, dim: int = 0) -> Any:
    """Source: derivatives.yaml, stack."""
    return (grad.unbind(dim),)


def hstack(grad: Tensor, out: Tensor, tensors: Tensors) -> Any:
    """Source: derivatives.yaml, cat, along the columns."""
    return (parted(grad, tensors, dim=min(1, grad.dim() - 1), rank=1),)


def vstack(grad: Tensor, out: Tensor, tensors: Tensors) -> Any:
    """Source: derivatives.yaml, cat, along the rows; a vector is one."""
    return (parted(grad, tensors, dim=0, rank=2),)


def column_stack(grad: Tensor, out: Tensor, tensors: Tensors) -> Any:
    """Source: derivatives.yaml, cat, along the columns; a vector is one."""
    return (parted(grad, tensors, dim=1, rank=2),)


def dstack(grad: Tensor, out: Tensor, tensors: Tensors) -> Any:
    """Source: derivatives.yaml, cat, along the depth."""
    return (parted(grad, tensors, dim=2, rank=3),)


def parted(grad: Tensor, tensors: Tensors, *, dim: int, rank: int) -> Tensors:
    """Cut a gradient into those of tensors that were joined, each raised to a rank first."""
    if rank == 2 and all(each.dim() == 1 for each in tensors):
        return grad.unbind(dim)
    sizes = [each.shape[dim] if each.dim() >= rank else 1 for each in tensors]
    parts = grad.split(sizes, dim)  # type: ignore[no-untyped-call] # torch's
    return as_they_were(parts, tensors)


def block_diag(grad: Tensor, out: Tensor, *tensors: Tensor) -> Any:
    """Source: derivatives.yaml, block_diag: each one's block."""
    heights = [each.shape[-2] if each.dim() > 1 else 1 for each in tensors]
    widths = [each.shape[-1] if each.dim() > 0 else 1 for each in tensors]
    bands = grad.split(heights, 0)  # type: ignore[no-untyped-call] # torch's
    blocks = [band.split(widths, 1)[at] for at, band in enumerate(bands)]
    return (as_they_were(blocks, tensors),)


def as_they_were(parts: Tensors, tensors: Tensors) -> Tensors:
    """Bring parts back to the ranks of what they are the gradients of."""
    return [
        part if part.dim() == each.dim() else part.reshape(each.shape)
        for part, each in zip(parts, tensors, strict=True)
    ]


# One several times


def repeat(
    grad: Tensor, out: Tensor, input: Tensor, *repeats: Any, **named: Any
) -> Any:
    """Source: derivatives.yaml, repeat: the sum over the copies."""
    return (over_copies(grad, input, in_one(repeats, named)),)


def tile(grad: Tensor, out: Tensor, input: Tensor, *dims: Any, **named: Any) -> Any:
    """Source: derivatives.yaml, repeat: the sum over the copies."""
    times = in_one(dims, named)
    ones = (1,) * (input.dim() - len(times))
    return (over_copies(grad, input, (*ones, *times)),)


def over_copies(grad: Tensor, input: Tensor, repeats: Sequence[int]) -> Tensor:
    """Sum over a dimension of its own for each that was repeated."""
    new = len(repeats) - input.dim()
    sizes = list(repeats[:new])
    copies = list(range(new))
    for times, size in zip(repeats[new:], input.shape, strict=True):
        if not is_literal(times, 1):
            copies.append(len(sizes))
            sizes.append(times)
        sizes.append(size)
    if len(sizes) > grad.dim():
        grad = grad.reshape(tuple(sizes))
    if not copies:
        return grad
    return grad.sum(copies[0] if len(copies) == 1 else tuple(copies))


def repeat_interleave(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    repeats: Any,
    dim: int | None = None,
    *,
    output_size: int | None = None,
) -> Any:
    """Source: the chain rule: each element sums over its copies, which are neighbours."""
    if isinstance(repeats, Tensor):
        return NotImplemented
    if dim is None:
        return (grad.reshape(*input.shape, repeats).sum(-1),)
    of_copies = dim + 1 if dim >= 0 else dim
    return (grad.unflatten(dim, (input.shape[dim], repeats)).sum(of_copies),)  # type: ignore[no-untyped-call] # torch's


RULES: Mapping[str, Rule] = {
    "block_diag": block_diag,
    "cat": cat,
    "column_stack": column_stack,
    "dstack": dstack,
    "hstack": hstack,
    "repeat": repeat,
    "repeat_interleave": repeat_interleave,
    "stack": stack,
    "tile": tile,
    "vstack": vstack,
}
COMPLEX: frozenset[str] = frozenset(RULES)
