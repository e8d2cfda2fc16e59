"""What a backward costs beside plain autograd's; plain data, measured by `check.measure`."""

from dataclasses import dataclass

__all__ = ["Cost", "Side", "Term"]


@dataclass(frozen=True, slots=True)
class Term:
    """Bytes that are kept for backward, as a product.

    Attributes:
        bytes: of an element, times the number of tensors of this size: 8.
        factors: numbers of elements, by name: ("x.numel()",), ("lead", "features"), ().
    """

    bytes: int
    factors: tuple[str, ...]

    def __str__(self) -> str:
        alone = self.bytes == 1 and self.factors
        return " * ".join(self.factors if alone else (str(self.bytes), *self.factors))


@dataclass(frozen=True, slots=True)
class Side:
    """One of two ways to differentiate.

    Attributes:
        kept: bytes from forward to backward, as a sum; () where no sum fits two examples.
        bytes: the same in numbers, at the shapes that were timed.
        seconds: forward and backward, the median of a few runs.
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
