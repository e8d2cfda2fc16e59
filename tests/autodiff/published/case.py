"""A published layer or loss, with what it takes at any size."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from layergen.autodiff.functional import Subject, subject_of
from layergen.autodiff.refusal import Reason
from tests.autodiff.zoo import Values

__all__ = ["Case", "bits", "classes", "function", "module", "probabilities"]


@dataclass(frozen=True, slots=True)
class Case:
    """A forward as people publish it.

    Attributes:
        make: gives the function, or a new Module.
        takes: its inputs; the sizes they share have names.
        refused: why it can't be derived, where it can't.
    """

    name: str
    make: Callable[[], Callable[..., Any] | nn.Module]
    takes: tuple[Values, ...]
    refused: Reason | None = None

    def inputs(self, sizes: Sequence[int], dtype: torch.dtype) -> list[Tensor]:
        """Draw the inputs; the named sizes are given in order of appearance."""
        names = dict.fromkeys(name for each in self.takes for name in each.names)
        named = dict(zip(names, sizes, strict=False))
        return [each.drawn(named, dtype) for each in self.takes]

    def subject(self, sizes: Sequence[int], dtype: torch.dtype) -> Subject:
        """Give the forward as a function of all its tensors, a Module's parameters too."""
        torch.manual_seed(0)
        made = self.make()
        if isinstance(made, nn.Module):
            made = made.to(dtype)
        return subject_of(made, self.inputs(sizes, dtype), None)


def function(
    forward: Callable[..., Any],
    *takes: str | Values,
    refused: Reason | None = None,
) -> Case:
    """Say what a function takes; a shape alone is a tensor of normal values."""
    return Case(forward.__name__, lambda: forward, as_values(takes), refused)


def module(
    name: str,
    make: Callable[[], nn.Module],
    *takes: str | Values,
    refused: Reason | None = None,
) -> Case:
    """Say what a Module takes."""
    return Case(name, make, as_values(takes), refused)


def as_values(takes: Sequence[str | Values]) -> tuple[Values, ...]:
    return tuple(Values(each) if isinstance(each, str) else each for each in takes)


def classes(shape: str, below: int) -> Values:
    """Take labels."""
    return Values(shape, lambda size, dtype: torch.randint(below, size))


def bits(shape: str) -> Values:
    """Take a mask of ones and zeros, in the inputs' dtype."""
    return Values(shape, lambda size, dtype: torch.randint(2, size).to(dtype))


def probabilities(shape: str) -> Values:
    """Take numbers between 0 and 1, apart from both."""
    return Values(shape, lambda size, dtype: 0.05 + 0.9 * torch.rand(size, dtype=dtype))
