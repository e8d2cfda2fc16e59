"""Assignments to parts of tensors, as what computes a new tensor: `x[:, 0] = y` gives another x."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

__all__ = ["REVERSIBLE", "assigned", "written_back"]

WHOLE = slice(None)


def assigned(tensor: Tensor, index: Any, value: Any) -> Any:
    """Compute what `tensor[index] = value` leaves behind; NotImplemented where it can't be told.

    Args:
        tensor: stays as it is.
        index: numbers, slices, an ellipsis; or a mask; or tensors of places in front, or one
            of them among whole slices.
        value: a number, or a tensor that broadcasts to that part.
    """
    places = list(index) if isinstance(index, tuple) else [index]
    if any(each is None or isinstance(each, bool | range) for each in places):
        return NotImplemented
    places = [
        torch.tensor(each, device=tensor.device) if isinstance(each, list) else each
        for each in places
    ]
    if isinstance(value, Tensor):
        value = value.type_as(tensor)
    found = [each for each in places if isinstance(each, Tensor)]
    if not found:
        return into_part(tensor, without_ellipsis(places, tensor.dim()), value)
    if found[0].dtype == torch.bool:
        return by_mask(tensor, found[0], value) if len(places) == 1 else NotImplemented
    return by_places(tensor, without_ellipsis(places, tensor.dim()), value)


def without_ellipsis(places: Sequence[Any], rank: int) -> list[Any]:
    """Say of each dimension what is taken of it."""
    at = next((i for i, each in enumerate(places) if each is Ellipsis), len(places))
    behind = list(places[at + 1 :])
    whole = [WHOLE] * (rank - at - len(behind))
    return [*places[:at], *whole, *behind]


def is_whole(place: Any) -> bool:
    """Tell whether all of a dimension is taken."""
    return isinstance(place, slice) and (place.start, place.stop, place.step) == (
        None,
        None,
        None,
    )


def into_part(tensor: Tensor, places: Sequence[Any], value: Any) -> Tensor:
    """Write along one dimension after the other: into a part, and that part into the tensor."""
    dim = next((dim for dim, each in enumerate(places) if not is_whole(each)), None)
    if dim is None:
        return filled(tensor, value).clone()
    place, rest = places[dim], list(places[dim + 1 :])
    part = tensor[(*[WHOLE] * dim, place)]
    if all(map(is_whole, rest)):
        source = filled(part, value)
    else:
        left = [WHOLE] if isinstance(place, slice) else []
        source = into_part(part, [*[WHOLE] * dim, *left, *rest], value)
    if not isinstance(place, slice):
        return tensor.select_scatter(source, dim, place)
    start, stop = (
        # vmap of slice_scatter does not count from the end (torch 2.13)
        tensor.shape[dim] + at if type(at) is int and at < 0 else at
        for at in (place.start, place.stop)
    )
    step = 1 if place.step is None else place.step
    return tensor.slice_scatter(source, dim, start, stop, step)


def filled(part: Tensor, value: Any) -> Tensor:
    """Give a value the shape of a part."""
    if not isinstance(value, Tensor):
        return torch.full_like(part, value)
    if value.dim() > part.dim():  # of more dimensions, the first of them of size 1
        return value.reshape(part.shape)
    return value.expand_as(part)


def by_mask(tensor: Tensor, mask: Tensor, value: Any) -> Any:
    """Choose; what depends on the number of places can't be written so."""
    behind = tensor.dim() - mask.dim()
    if isinstance(value, Tensor) and value.dim() == behind + 1:
        value = (
            value[0] if type(value.shape[0]) is int and value.shape[0] == 1 else value
        )
    if isinstance(value, Tensor) and value.dim() > behind:
        return NotImplemented
    for _ in range(behind):
        mask = mask.unsqueeze(-1)
    if isinstance(value, Tensor):
        return torch.where(mask, value, tensor)
    return tensor.masked_fill(mask, value)


def by_places(tensor: Tensor, places: Sequence[Any], value: Any) -> Any:
    """Write at the places that tensors list: along the first dimensions, or along one other."""
    found = [each for each in places if isinstance(each, Tensor)]
    dim = next(dim for dim, each in enumerate(places) if isinstance(each, Tensor))
    if not all(map(is_whole, [*places[:dim], *places[dim + len(found) :]])):
        return NotImplemented
    if any(each.dtype == torch.bool for each in found):
        return NotImplemented
    if not isinstance(value, Tensor):
        value = tensor.new_full((), value)
    if not dim:
        return tensor.index_put(tuple(found), value)
    if len(found) > 1 or found[0].dim() != 1:
        return NotImplemented
    source = filled(tensor[tuple(places)], value).transpose(0, dim)
    back = tensor.transpose(0, dim).index_put((found[0],), source)
    return back.transpose(0, dim)


def written_back(
    op: str, base: Tensor, value: Tensor, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> Any:
    """Compute what a tensor is after a view of it became a value; NotImplemented of other views.

    Args:
        op: made the view of the base, with the arguments behind it.
        base: as it was.
        value: what the view is now.
        args: of the view's call, without the base.
        kwargs: of that.
    """
    back = BACK.get(op)
    return NotImplemented if back is None else back(value, base, *args, **kwargs)


def getitem(value: Tensor, base: Tensor, index: Any) -> Any:
    """Write into the part."""
    return assigned(base, index, value)


def select(value: Tensor, base: Tensor, dim: int, index: Any) -> Tensor:
    """Write into one place."""
    return base.select_scatter(value, dim, index)


def narrow(value: Tensor, base: Tensor, dim: int, start: Any, length: Any) -> Tensor:
    """Write into a stretch."""
    return base.slice_scatter(value, dim, start, start + length)


def diagonal(
    value: Tensor, base: Tensor, offset: Any = 0, dim1: int = 0, dim2: int = 1
) -> Tensor:
    """Write onto a diagonal."""
    return base.diagonal_scatter(value, offset, dim1, dim2)


def transpose(value: Tensor, base: Tensor, dim0: int, dim1: int) -> Tensor:
    """Turn it back."""
    return value.transpose(dim0, dim1)


def permute(value: Tensor, base: Tensor, dims: Sequence[int]) -> Tensor:
    """Bring the dimensions back."""
    forth = [dim % value.dim() for dim in dims]
    return value.permute([forth.index(dim) for dim in range(value.dim())])


def turned(value: Tensor, base: Tensor) -> Tensor:
    """Turn a matrix back."""
    return value.mT if value.dim() > 1 else value


def same_elements(value: Tensor, base: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """Put the elements, which are in the same order, into the old shape."""
    return value.reshape(base.shape)


BACK: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "contiguous": same_elements,
        "diagonal": diagonal,
        "flatten": same_elements,
        "getitem": getitem,
        "mT": turned,
        "narrow": narrow,
        "permute": permute,
        "ravel": same_elements,
        "reshape": same_elements,
        "reshape_as": same_elements,
        "select": select,
        "squeeze": same_elements,
        "t": turned,
        "transpose": transpose,
        "unflatten": same_elements,
        "unsqueeze": same_elements,
    }
)
REVERSIBLE = frozenset(BACK)  # views that hold no place twice
