"""What is derived of the operator database: one call at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor


@dataclass(frozen=True, slots=True)
class Sample:
    """One call of an operator, as a function of its tensors alone.

    Attributes:
        wanted: places of the tensors that want a gradient.
        twice: whether the database claims a second derivative.
    """

    function: Callable[..., Any]
    tensors: tuple[Tensor, ...]
    wanted: tuple[int, ...]
    twice: bool

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"a{place}" for place in range(len(self.tensors)))
