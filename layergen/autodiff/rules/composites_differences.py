"""Derivatives that are estimated from neighbouring elements."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

__all__ = ["UNFOLDED"]


def gradient(
    input: Tensor,
    *,
    spacing: Any = None,
    dim: int | Sequence[int] | None = None,
    edge_order: int = 1,
) -> Any:
    """Source: torch.gradient; where coordinates are tensors it is left to torch."""
    dims = range(input.dim()) if dim is None else dim
    dims = [dims] if isinstance(dims, int) else list(dims)
    spacing = 1 if spacing is None else spacing
    steps = spacing if isinstance(spacing, tuple | list) else [spacing] * len(dims)
    if any(isinstance(each, Tensor) for each in steps):
        return NotImplemented
    along = zip(dims, steps, strict=True)
    return tuple(slope(input, at % input.dim(), h, edge_order) for at, h in along)


def slope(x: Tensor, dim: int, step: float, edge_order: int) -> Tensor:
    """Take central differences, and at both ends those to one side."""
    inside = (part(x, dim, 2, None) - part(x, dim, None, -2)) / (2 * step)
    if edge_order == 1:
        first = part(x, dim, 1, 2) - part(x, dim, 0, 1)
        last = part(x, dim, -1, None) - part(x, dim, -2, -1)
    else:
        first = parabola(part(x, dim, 0, 1), part(x, dim, 1, 2), part(x, dim, 2, 3))
        last = -parabola(
            part(x, dim, -1, None), part(x, dim, -2, -1), part(x, dim, -3, -2)
        )
    return torch.cat([first / step, inside, last / step], dim)


def parabola(end: Tensor, second: Tensor, third: Tensor) -> Tensor:
    """Differentiate, at its end, the parabola through three neighbours."""
    return 2 * second - 1.5 * end - 0.5 * third


def part(x: Tensor, dim: int, start: int | None, stop: int | None) -> Tensor:
    """Take a slice along one dimension."""
    return x[(*[slice(None)] * dim, slice(start, stop))]


UNFOLDED: Mapping[str, Callable[..., Any]] = {"gradient": gradient}
