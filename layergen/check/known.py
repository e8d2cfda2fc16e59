"""What sizes are called: by the dimensions that were declared, or as Python spells them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from torch import Tensor

from layergen.spec import shapes
from layergen.spec.inputs import Example
from layergen.spec.matching import Sizes, sizes_of
from layergen.spec.model import Argument

__all__ = ["LEAD", "Known", "declared", "spelled"]

LEAD = "lead"  # the product of the dimensions that '...' stands for
WHOLE = ".numel()"


@dataclass(frozen=True, slots=True)
class Known:
    """The sizes of one example, and their names.

    Attributes:
        wholes: for each tensor argument, the factors of its number of elements:
            ("x.numel()",), or ("features", "out") where these were declared.
        sizes: by name, and what '...' stands for.
    """

    wholes: tuple[tuple[str, ...], ...]
    sizes: Sizes

    def names_others(self, at: int) -> bool:
        """Tell whether an argument names the number of elements of all tensors of its shape."""
        return any(each.endswith(WHOLE) for each in self.wholes[at])

    def value(self, factors: Sequence[str], inputs: Sequence[Any]) -> int:
        """Multiply sizes."""
        sizes, lead = self.sizes
        numbers = dict(sizes) | {LEAD: prod(lead)}
        for whole, given in zip(self.wholes, inputs, strict=True):
            if isinstance(given, Tensor) and len(whole) == 1:
                numbers[whole[0]] = given.numel()
        return prod(
            (
                numbers[each]
                if each in numbers
                else shapes.size(each.replace(" ", ""), numbers)
            )
            for each in factors
        )

    def degree(self, factors: Sequence[str], inputs: Sequence[Any]) -> int:
        """Count the sizes in a product: what grows fastest has the most."""
        ranks = {
            whole: given.dim()
            for whole, given in zip(self.wholes, inputs, strict=True)
            if isinstance(given, Tensor)
        }
        whole = tuple(factors)
        return ranks.get(whole, sum(1 + each.count("*") for each in whole))


def declared(arguments: Sequence[Argument], example: Example) -> Known:
    """Name sizes by the dimensions of the arguments, the tensors alone."""
    wholes = tuple(
        whole(each.name) if shapes.ELLIPSIS in each.shape.dims else each.shape.dims
        for each in arguments
    )
    return Known(wholes, sizes_of(arguments, example))


def spelled(
    names: Sequence[str], first: Sequence[Any], second: Sequence[Any]
) -> tuple[Known, Known]:
    """Name the sizes of two examples alike, each after the first dimension that has it."""
    found: dict[tuple[int, int], str] = {}
    for name, one, other in zip(names, first, second, strict=True):
        if isinstance(one, Tensor):
            for at, pair in enumerate(zip(one.shape, other.shape, strict=True)):
                found.setdefault(pair, f"{name}.shape[{at}]")
    wholes = tuple(whole(each) for each in names)
    at_first = {name: pair[0] for pair, name in found.items()}
    at_second = {name: pair[1] for pair, name in found.items()}
    return Known(wholes, (at_first, ())), Known(wholes, (at_second, ()))


def whole(name: str) -> tuple[str, ...]:
    """Name the number of an argument's elements."""
    return (name + WHOLE,)
