"""Functions followed where the user's own Python calls them: len(x), max(n - 1, 1), torch.finfo."""

import builtins
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import reduce
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor

from layergen.autodiff.calling import is_torch
from layergen.autodiff.named import named
from layergen.ir.graph import Limit

__all__ = ["limits_followed", "sizes_followed"]

LIMITS = ("eps", "max", "min", "resolution", "smallest_normal", "tiny")
SYMBOLIC = (torch.SymInt, torch.SymFloat)


@contextmanager
def sizes_followed() -> Iterator[None]:
    """Let `len`, `max` and `min` of the user's own Python give sizes by their symbols."""
    with ExitStack() as stack:
        for name, function in (
            ("len", length(len)),
            ("max", extreme(max, torch.sym_max)),
            ("min", extreme(min, torch.sym_min)),
        ):
            stack.enter_context(patch.object(builtins, name, function))
        yield


@contextmanager
def limits_followed(dtype: torch.dtype) -> Iterator[None]:
    """Let `torch.finfo` of the user's own Python give the limits of one dtype by their names."""
    real: Callable[..., Any] = torch.finfo

    def followed(asked: torch.dtype, /) -> Any:
        if asked != dtype or is_torch(sys._getframe(1)):
            return real(asked)
        limits = {each: getattr(real(asked), each) for each in LIMITS}
        return SimpleNamespace(
            bits=real(asked).bits,
            dtype=real(asked).dtype,
            **{name: named(value, Limit(name)) for name, value in limits.items()},
        )

    with patch.object(torch, "finfo", followed):
        yield


def length(real: Callable[[Any], int]) -> Callable[[Any], Any]:
    """Make a `len` that gives the first size of a tensor without values."""

    def followed(value: Any, /) -> Any:
        if not isinstance(value, Tensor) or is_torch(sys._getframe(1)):
            return real(value)
        shape = value.shape
        return (
            shape[0] if isinstance(next(iter(shape), 0), torch.SymInt) else real(value)
        )

    return followed


def extreme(
    real: Callable[..., Any], symbolic: Callable[[Any, Any], Any]
) -> Callable[..., Any]:
    """Make a `max` or a `min` that compares sizes without looking at them."""

    def followed(*values: Any, **named: Any) -> Any:
        given: Sequence[Any] = values
        if len(values) == 1 and isinstance(values[0], tuple | list):
            given = values[0]
        if named or is_torch(sys._getframe(1)) or not is_of_sizes(given):
            return real(*values, **named)
        return reduce(symbolic, given)

    return followed


def is_of_sizes(values: Sequence[Any]) -> bool:
    """Tell whether there are sizes without values, and else plain numbers alone."""
    return any(type(each) in SYMBOLIC for each in values) and all(
        type(each) in (*SYMBOLIC, int, float) for each in values
    )
