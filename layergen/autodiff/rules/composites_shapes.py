"""Operations on shapes that are best differentiated as what they are made of."""

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = ["DEFINITIONS", "UNFOLDED"]


def cartesian_prod(*tensors: Tensor) -> Any:
    """Source: torch.cartesian_prod."""
    if len(tensors) == 1:
        return tensors[0].clone()
    grid = torch.meshgrid(list(tensors), indexing="ij")
    return torch.stack([each.flatten() for each in grid], -1)


def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Any:
    """Source: torch.combinations, which picks them by a mask."""
    if r == 0:
        return NotImplemented
    places = range(len(input.unbind()))
    choose: Any = itertools.combinations
    if with_replacement:
        choose = itertools.combinations_with_replacement
    columns = [[each[at] for each in choose(places, r)] for at in range(r)]
    return torch.stack([input[each or slice(0)] for each in columns], -1)


def narrow(input: Tensor, dim: int, start: Any, length: int) -> Any:
    """Source: torch.narrow; a start that is a number has a rule."""
    if not isinstance(start, Tensor):
        return NotImplemented
    places = torch.arange(length, device=start.device) + start
    return input.index_select(dim, places % input.shape[dim])  # -1 is the last one


def embedding_bag(
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None = None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Any:
    """Source: torch.nn.functional.embedding_bag; one of equal maxima would get it all."""
    is_other = max_norm is not None or scale_grad_by_freq or input.is_floating_point()
    if is_other or mode == "max":
        return NotImplemented
    rows = F.embedding(input, weight)
    if per_sample_weights is not None:
        rows = rows * per_sample_weights.unsqueeze(-1)
    is_counted = torch.ones_like(input)
    if padding_idx is not None:
        row = padding_idx if padding_idx >= 0 else padding_idx + weight.shape[0]
        is_counted = input != row
        rows = torch.where(is_counted.unsqueeze(-1), rows, 0)
    if offsets is not None and include_last_offset:
        offsets = offsets[:-1]
    total = summed_by_bag(rows, offsets)
    if mode == "sum":
        return total
    count = summed_by_bag(is_counted.to(rows.dtype).unsqueeze(-1), offsets)
    return total / count.clamp(min=1)


def summed_by_bag(rows: Tensor, offsets: Tensor | None) -> Tensor:
    """Sum the rows of each bag, a line of the input or what begins at an offset."""
    if offsets is None:
        return rows.sum(1)
    places = torch.arange(rows.shape[0], device=rows.device)
    bag = torch.searchsorted(offsets, places, right=True) - 1
    return rows.new_zeros((offsets.shape[0], rows.shape[1])).index_add(0, bag, rows)


DEFINITIONS: Mapping[str, Callable[..., Any]] = {
    "cartesian_prod": cartesian_prod,
    "embedding_bag": embedding_bag,
}
# Torch asks for values on its way, and these for sizes alone.
UNFOLDED: Mapping[str, Callable[..., Any]] = {
    "combinations": combinations,
    "narrow": narrow,
}
