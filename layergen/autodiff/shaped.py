"""Results of what torch would make plain numbers of sizes for: their shapes are plain to see."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = ["shaped"]


def shaped(
    func: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> Tensor | None:
    """Make a tensor without values as a call would; None where torch can do it itself."""
    make = SHAPED.get(getattr(func, "__name__", ""))
    if make is None or not any(map(is_symbolic, (*args, *kwargs.values()))):
        return None
    made: Tensor | None = make(*args, **kwargs)
    return made


def is_symbolic(value: Any) -> bool:
    """Tell whether an argument is a size, or holds or has one."""
    if isinstance(value, Tensor):
        value = tuple(value.shape)
    if isinstance(value, tuple | list):
        return any(map(is_symbolic, value))
    return isinstance(value, torch.SymInt)


def kron(input: Tensor, other: Tensor) -> Tensor:
    """Multiply the sizes; the smaller rank has ones in front."""
    rank = max(input.dim(), other.dim())
    sizes = ([1] * (rank - each.dim()) + list(each.shape) for each in (input, other))
    dtype = torch.result_type(input, other)
    shape = [one * more for one, more in zip(*sizes, strict=True)]
    return torch.empty(shape, dtype=dtype, device=input.device)


def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """Take the indices' size along the dimension; the others broadcast."""
    if dim is None:
        return input.new_empty(indices.numel())
    sizes = [list(each.shape) for each in (input, indices)]
    along = sizes[1][dim]
    for each in sizes:
        each[dim] = 1
    shape = list(torch.broadcast_shapes(*sizes))  # type: ignore[no-untyped-call]
    shape[dim] = along
    return input.new_empty(shape)


def one_hot(tensor: Tensor, num_classes: Any = -1) -> Tensor | None:
    """Put the classes behind."""
    if isinstance(num_classes, int) and num_classes < 0:
        return None  # torch counts them itself
    return torch.empty(
        (*tensor.shape, num_classes), dtype=torch.int64, device=tensor.device
    )


def linspace(
    start: Any, end: Any, steps: Any, *, dtype: Any = None, device: Any = None
) -> Tensor:
    """Take so many steps."""
    return torch.empty(steps, dtype=dtype, device=device)


def affine_grid(
    theta: Tensor, size: Sequence[Any], align_corners: Any = None
) -> Tensor:
    """Put a place beside each pixel."""
    rows, _, *pixels = size
    return theta.new_empty((rows, *pixels, len(pixels)))


def diag(input: Tensor, diagonal: Any = 0) -> Tensor:
    """Take a diagonal of a matrix, or make a matrix around one."""
    if input.dim() == 2:
        return torch.empty_like(along_diagonal(input, diagonal))
    size = input.shape[0] + (diagonal if diagonal >= 0 else -diagonal)
    return input.new_empty((size, size))


def along_diagonal(
    input: Tensor, offset: Any = 0, dim1: int = 0, dim2: int = 1
) -> Tensor:
    """Put a diagonal behind the dimensions that it does not go through."""
    sizes, strides = list(input.shape), list(input.stride())
    rows, columns = sizes[dim1], sizes[dim2]
    rows, columns = (
        (rows, columns - offset) if offset >= 0 else (rows + offset, columns)
    )
    step = strides[dim1] + strides[dim2]
    for dim in sorted((dim1 % len(sizes), dim2 % len(sizes)), reverse=True):
        del sizes[dim], strides[dim]
    length = torch.sym_max(torch.sym_min(rows, columns), 0)  # type: ignore[no-untyped-call]
    return input.as_strided((*sizes, length), (*strides, step))  # of its memory


def max_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Tensor | None:
    """Tell where the maxima are, too: without that torch wants plain numbers."""
    if return_indices:
        return None
    sizes = (kernel_size, stride, padding, dilation, ceil_mode)
    pooled: Tensor = F.max_pool1d(input, *sizes, return_indices=True)[0]
    return pooled


def like_first(input: Tensor, *others: Any, **named: Any) -> Tensor:
    """Keep the shape."""
    return torch.empty_like(input)


SHAPED: Mapping[str, Callable[..., Tensor | None]] = MappingProxyType(
    {
        "affine_grid": affine_grid,
        "diag": diag,
        "diagonal": along_diagonal,
        "diagonal_scatter": like_first,
        "kron": kron,
        "linspace": linspace,
        "max_pool1d": max_pool1d,
        "one_hot": one_hot,
        "select_scatter": like_first,
        "slice_scatter": like_first,
        "take_along_dim": take_along_dim,
        "tril": like_first,
        "triu": like_first,
    }
)
