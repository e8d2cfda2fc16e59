"""What a backward costs beside plain autograd's; plain data, measured by `check.measure`."""

from dataclasses import dataclass
from math import prod

__all__ = ["Cost", "Side", "Term"]


@dataclass(frozen=True, slots=True)
class Term:
    """Bytes that are kept for backward, as a product.

    Attributes:
        bytes: of an element, times the number of tensors of this size: 8.
        factors: numbers of elements, by name: ("x.numel()",), ("lead", "2*half"), ().
    """

    bytes: int
    factors: tuple[str, ...]

    def __str__(self) -> str:
        words = [word.strip() for each in self.factors for word in each.split("*")]
        names = [word for word in words if not word.isdigit()]
        number = self.bytes * prod(int(word) for word in words if word.isdigit())
        alone = number == 1 and names
        return " * ".join(names if alone else (str(number), *names))


@dataclass(frozen=True, slots=True)
class Side:
    """One of two ways to differentiate.

    Attributes:
        kept: bytes from forward to backward, as a sum; () where no sum fits two examples.
        bytes: the same in numbers, at the shapes that were timed.
        seconds: forward and backward, the fastest of a few runs.
        names: of the tensors that are kept, where they have names.
    """

    kept: tuple[Term, ...]
    bytes: int
    seconds: float
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cost:
    """A derived backward beside plain autograd's, on this machine.

    Attributes:
        dtype: "float32".
        shapes: what was timed: (("x", (512, 512)),).
    """

    derived: Side
    plain: Side
    dtype: str
    shapes: tuple[tuple[str, tuple[int, ...]], ...]
