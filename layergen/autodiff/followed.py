"""Python's own functions, followed where the user gives them sizes: len(x), max(n - 1, 1)."""

import builtins
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import reduce
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor

from layergen.autodiff.calling import is_torch

__all__ = ["sizes_followed"]

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
