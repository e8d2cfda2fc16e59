"""What a derived function keeps for backward, as its users are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.described import arguments_of
from layergen.autodiff.functional import Subject
from layergen.emit.kept import kept_of
from layergen.ir.gradients import Gradients

__all__ = ["Saved", "own_dtype", "saved_of"]


@dataclass(frozen=True, slots=True)
class Saved:
    """One tensor that forward keeps for backward.

    Attributes:
        name: as backward calls it: "x".
        shape: expressions of the arguments: ("x.shape[0]", "1").
        dtype: "float32".
        bytes: an expression of the arguments, too: "4 * x.numel()"; a view shares them
            with what it views.
    """

    name: str
    shape: tuple[str, ...]
    dtype: str
    bytes: str


def saved_of(subject: Subject, gradients: Gradients) -> tuple[Saved, ...]:
    """List what is saved, in the inputs' own dtype."""
    own = own_dtype(subject.values)
    # derivations are made in double precision
    dtypes = {"float64": own, "complex128": own.to_complex()}
    found = []
    for each in kept_of(subject.class_name, arguments_of(subject), gradients):
        dtype = dtypes.get(each.dtype) or getattr(torch, each.dtype)
        size = dtype.itemsize
        found.append(
            Saved(
                each.name,
                each.shape,
                str(dtype).removeprefix("torch."),
                str(size) if each.count == "1" else f"{size} * {each.count}",
            )
        )
    return tuple(found)


def own_dtype(values: Sequence[Any]) -> torch.dtype:
    """Tell the precision of the first tensor that a gradient can be wanted of."""
    dtypes = (each.dtype for each in values if isinstance(each, Tensor))
    first = next(each for each in dtypes if each.is_floating_point or each.is_complex)
    return first.to_real()
