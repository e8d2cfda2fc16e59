"""A part of a tensor, or all of its parts."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from layergen.autodiff.rules.placing import into_entry, into_slices
from layergen.autodiff.rules.rule import Rule

__all__ = ["COMPLEX", "RULES"]

Parts = Sequence[Tensor]
Gradients = Sequence[Tensor | None]

# One part


def select(grad: Tensor, out: Tensor, input: Tensor, dim: int, index: int) -> Any:
    """Source: derivatives.yaml, select."""
    return (into_entry(grad, input.shape, dim, index),)


def narrow(
    grad: Tensor, out: Tensor, input: Tensor, dim: int, start: Any, length: int
) -> Any:
    """Source: derivatives.yaml, slice: narrow is x[start:start + length]."""
    if isinstance(start, Tensor):
        return NotImplemented
    if type(start) is int and start < 0:
        start = start + input.shape[dim]
    return (into_slices(grad, input.shape, {dim: slice(start, start + length)}),)


def diagonal(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    offset: int = 0,
    dim1: int = 0,
    dim2: int = 1,
) -> Any:
    """Source: derivatives.yaml, diagonal."""
    zeros = grad.new_zeros(input.shape)
    return (zeros.diagonal_scatter(grad, offset, dim1, dim2),)


def linalg_diagonal(
    grad: Tensor,
    out: Tensor,
    A: Tensor,  # noqa: N803 # torch's name
    *,
    offset: int = 0,
    dim1: int = -2,
    dim2: int = -1,
) -> Any:
    """Source: derivatives.yaml, diagonal."""
    return diagonal(grad, out, A, offset, dim1, dim2)


# All parts


def unbind(grad: Gradients, out: Parts, input: Tensor, dim: int = 0) -> Any:
    """Source: derivatives.yaml, unbind."""
    return (torch.stack(filled(grad, out), dim),)


def chunk(grad: Gradients, out: Parts, input: Tensor, chunks: int, dim: int = 0) -> Any:
    """Source: derivatives.yaml, split: the parts side by side again."""
    return (torch.cat(filled(grad, out), dim),)


def split(
    grad: Gradients,
    out: Parts,
    tensor: Tensor,
    split_size_or_sections: Any = None,
    dim: int = 0,
    split_size: Any = None,
) -> Any:
    """Source: derivatives.yaml, split; the method calls its sizes split_size."""
    return (torch.cat(filled(grad, out), dim),)


def split_with_sizes(
    grad: Gradients,
    out: Parts,
    input: Tensor,
    split_sizes: Sequence[int],
    dim: int = 0,
) -> Any:
    """Source: derivatives.yaml, split_with_sizes."""
    return (torch.cat(filled(grad, out), dim),)


def tensor_split(
    grad: Gradients,
    out: Parts,
    input: Tensor,
    indices_or_sections: Any = None,
    dim: int = 0,
    **named: Any,
) -> Any:
    """Source: derivatives.yaml, slice: the parts side by side, where none overlap."""
    places = named.get("indices", indices_or_sections)
    if not are_in_order(places):
        return NotImplemented
    return (torch.cat(filled(grad, out), dim),)


def hsplit(
    grad: Gradients, out: Parts, input: Tensor, *places: Any, **named: Any
) -> Any:
    """Source: derivatives.yaml, slice: tensor_split along the columns."""
    if not all(map(are_in_order, (*places, *named.values()))):
        return NotImplemented
    return (torch.cat(filled(grad, out), 1 if input.dim() > 1 else 0),)


def vsplit(
    grad: Gradients, out: Parts, input: Tensor, *places: Any, **named: Any
) -> Any:
    """Source: derivatives.yaml, slice: tensor_split along the rows."""
    if not all(map(are_in_order, (*places, *named.values()))):
        return NotImplemented
    return (torch.cat(filled(grad, out), 0),)


def dsplit(
    grad: Gradients, out: Parts, input: Tensor, *places: Any, **named: Any
) -> Any:
    """Source: derivatives.yaml, slice: tensor_split along the depth."""
    if not all(map(are_in_order, (*places, *named.values()))):
        return NotImplemented
    return (torch.cat(filled(grad, out), 2),)


def filled(grad: Gradients, out: Parts) -> list[Tensor]:
    """Give a part that nothing came back from a gradient of zeros."""
    there = next(each for each in grad if each is not None)
    return [
        there.new_zeros(part.shape) if each is None else each
        for each, part in zip(grad, out, strict=True)
    ]


def are_in_order(places: Any) -> bool:
    """Tell whether parts that end at these places follow each other without overlap."""
    if not isinstance(places, tuple | list):
        return not isinstance(places, Tensor)
    if not all(type(each) is int for each in places):
        return False
    is_one_sided = len({each < 0 for each in places}) < 2
    return is_one_sided and list(places) == sorted(places)


# Parts that overlap


def unfold(grad: Tensor, out: Tensor, input: Tensor, *how: Any, **named: Any) -> Any:
    """Source: derivatives.yaml, unfold and im2col; torch gives both the one name."""
    if out.dim() == input.dim() + 1:
        return sliding(grad, out, input, *how, **named)
    return blocks(grad, out, input, *how, **named)


def sliding(
    grad: Tensor, out: Tensor, input: Tensor, dimension: int, size: int, step: int
) -> Any:
    """Sum, of each element, over the windows that it is in."""
    if input.dim() == 0:
        return (grad.sum(),)
    dim = dimension % input.dim()
    windows = torch.arange(input.shape[dim], device=grad.device).unfold(0, size, step)
    flat = grad.movedim(-1, dim + 1).flatten(dim, dim + 1)
    zeros = grad.new_zeros(input.shape)
    return (zeros.index_add(dim, windows.flatten(), flat),)


def blocks(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    kernel_size: Any,
    dilation: Any = 1,
    padding: Any = 0,
    stride: Any = 1,
) -> Any:
    """Sum the columns of F.unfold back over the image."""
    size = input.shape[-2:]
    return (F.fold(grad, size, kernel_size, dilation, padding, stride),)


def fold(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    output_size: Any,
    kernel_size: Any,
    dilation: Any = 1,
    padding: Any = 0,
    stride: Any = 1,
) -> Any:
    """Source: derivatives.yaml, col2im."""
    return (F.unfold(grad, kernel_size, dilation, padding, stride),)


RULES: Mapping[str, Rule] = {
    "chunk": chunk,
    "diagonal": diagonal,
    "diagonal_copy": diagonal,
    "dsplit": dsplit,
    "fold": fold,
    "hsplit": hsplit,
    "linalg.diagonal": linalg_diagonal,
    "narrow": narrow,
    "narrow_copy": narrow,
    "select": select,
    "split": split,
    "split_with_sizes": split_with_sizes,
    "split_with_sizes_copy": split_with_sizes,
    "tensor_split": tensor_split,
    "unbind": unbind,
    "unbind_copy": unbind,
    "unfold": unfold,
    "unfold_copy": unfold,
    "unsafe_chunk": chunk,
    "unsafe_split": split,
    "vsplit": vsplit,
}
# slice_scatter has no second derivative of complex numbers.
COMPLEX: frozenset[str] = frozenset(RULES) - {"narrow", "narrow_copy"}
