"""What is claimed of a derived function, and the arguments on which it is tried."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import torch
from torch import Tensor

from layergen.errors import Place

__all__ = ["TINY", "Change", "Claim", "Sample", "is_floating", "shown"]

KINDS = 4  # so many shapes of a call are enough for the dear checks
TINY = 100  # numbers going in: what tries every one, or every pair, looks at no more


class Change(Enum):
    """What sets a sample apart from the one that was derived at."""

    NOTHING = auto()
    SIZES = auto()
    BROADCAST = auto()
    NUMBERS = auto()


@dataclass(frozen=True, slots=True)
class Sample:
    """One list of arguments.

    Attributes:
        args: tensors (floating ones in float64), None, numbers, booleans and strings.
        note: how messages name it: "x (3, 5), beta 1.0".
        may_raise: whether an error that says no is as good as the right answer, as at a
            broadcast that nobody spoke of.
    """

    args: tuple[Any, ...]
    note: str
    change: Change = Change.NOTHING
    may_raise: bool = False

    @property
    def numel(self) -> int:
        """How many numbers go in."""
        return sum(each.numel() for each in self.args if isinstance(each, Tensor))

    @property
    def is_empty(self) -> bool:
        """Whether a tensor without elements goes in."""
        return any(isinstance(each, Tensor) and not each.numel() for each in self.args)

    @property
    def kind(self) -> tuple[Any, ...]:
        """What the code may branch on: ranks, sizes of 1, what is left out, flags, numbers."""
        return tuple(kind_of(each) for each in self.args)


@dataclass(frozen=True, slots=True)
class Claim:
    """`derived` is `plain` with another backward.

    Attributes:
        name: "swish".
        derived: the generated function; both take all arguments by position.
        plain: the user's own forward.
        samples: the first is the one it was derived at; `plain` runs on all of them.
        names: the arguments' names.
        differentiable: positions of the arguments that it was differentiated by.
        silent: positions of those that it was to be differentiated by, and that no gradient
            was found of.
        twice: whether a second derivative is promised, where torch has the forward's.
        single: whether the forward computes in float32 inside; `verify` finds it out.
        place: the user's forward.
        refused: samples that `plain` takes, and that `derived` must refuse.
        dtypes: of the arguments as they were given, None for what is no tensor.
    """

    name: str
    derived: Callable[..., Any]
    plain: Callable[..., Any]
    samples: tuple[Sample, ...]
    names: tuple[str, ...]
    differentiable: tuple[int, ...]
    twice: bool = True
    single: bool = False
    silent: tuple[int, ...] = ()
    place: Place | None = None
    refused: tuple[Sample, ...] = ()
    dtypes: tuple[torch.dtype | None, ...] = ()

    def wanted(self, sample: Sample) -> tuple[int, ...]:
        """List the positions of a sample that a gradient is wanted of; None has none."""
        return tuple(at for at in self.differentiable if is_floating(sample.args[at]))

    def strict(self) -> tuple[Sample, ...]:
        """List the samples on which only the right answer will do."""
        return tuple(each for each in self.samples if not each.may_raise)

    def kinds(self) -> tuple[Sample, ...]:
        """Take the smallest sample of each kind, for the checks that cost more."""
        found: dict[tuple[Any, ...], Sample] = {}
        for each in self.strict():
            known = found.get(each.kind)
            if not each.is_empty and (known is None or each.numel < known.numel):
                found[each.kind] = each
        return tuple(found.values())[:KINDS] or self.samples[:1]


def kind_of(value: Any) -> Any:
    """Tell what the code may branch on in one argument; never a float's value."""
    if isinstance(value, Tensor):
        return (value.dtype, tuple(size == 1 for size in value.shape))
    return float if isinstance(value, float) else repr(value)


def is_floating(value: Any) -> bool:
    """Tell whether a gradient can be wanted of a value."""
    return isinstance(value, Tensor) and (
        value.is_floating_point() or value.is_complex()
    )


def shown(names: tuple[str, ...], args: tuple[Any, ...]) -> str:
    """Name a list of arguments: "x (3, 5), beta 1.0"."""
    return ", ".join(
        f"{name} {tuple(each.shape) if isinstance(each, Tensor) else repr(each)}"
        for name, each in zip(names, args, strict=True)
    )
