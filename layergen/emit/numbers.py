"""Print sizes and scalars: a size is read off a tensor that is at hand."""

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from layergen.ir.graph import Arithmetic, Limit, Number, Scalar, Size, SizeAt

__all__ = ["ATOM", "NumberPrinter", "factors"]

ATOM = 20  # binds tighter than any operator
UNARY = 14
PRECEDENCE: Mapping[str, int] = MappingProxyType(
    {"+": 12, "-": 12, "*": 13, "/": 13, "//": 13, "%": 13, "**": 15}
)


class NumberPrinter:
    """Print numbers.

    Args:
        size_of: names a place where a size can be read, "x.shape[-1]", or "" where a computed
            one stands nowhere.
        scalar_of: names an argument where it is at hand: "eps".
        count_of: names a tensor whose number of elements is the product of these, or "".
        shape_of: names a shape: "x.shape".
        tensor: names a floating tensor at hand.
    """

    def __init__(
        self,
        size_of: Callable[[Size | Arithmetic], str],
        scalar_of: Callable[[Scalar], str],
        count_of: Callable[[Sequence[Number]], str],
        shape_of: Callable[[Sequence[Number]], str],
        tensor: Callable[[], str] = str,
    ) -> None:
        self.size_of = size_of
        self.scalar_of = scalar_of
        self.count_of = count_of
        self.shape_of = shape_of
        self.tensor = tensor

    def text(self, number: Number, above: int = 0) -> str:
        """Print a number as an operand of what binds with `above`."""
        printed, own = self.printed(number)
        return f"({printed})" if own < above else printed

    def sequence(self, numbers: Sequence[Number]) -> str:
        """Print a tuple."""
        comma = "," if len(numbers) == 1 else ""
        return f"({', '.join(map(self.text, numbers))}{comma})"

    def printed(self, number: Number) -> tuple[str, int]:
        """Print a number; say how tightly it binds."""
        if isinstance(number, Arithmetic) and (place := self.size_of(number)):
            return place, ATOM
        match number:
            case Size():
                return self.size_of(number), ATOM
            case Scalar():
                return self.scalar_of(number), ATOM
            case SizeAt(shape, dim):
                return f"{self.shape_of(shape)}[{self.text(dim)}]", ATOM
            case Limit(name):
                return f"torch.finfo({self.tensor()}.dtype).{name}", ATOM
            case Arithmetic("neg", (operand,)):
                return f"-{self.text(operand, UNARY)}", UNARY
            case Arithmetic(op, operands) if op in PRECEDENCE:
                if op == "*" and (count := self.count_of(factors(number))):
                    return count, ATOM
                return self.infix(op, operands), PRECEDENCE[op]
            case Arithmetic(op, operands):
                return f"{op}({', '.join(map(self.text, operands))})", ATOM
        return literal(number)

    def infix(self, op: str, operands: Sequence[Number]) -> str:
        """Print an operator of Python."""
        own = PRECEDENCE[op]
        left, right = (own + 1, own) if op == "**" else (own, own + 1)
        first, second = operands
        return f"{self.text(first, left)} {op} {self.text(second, right)}"


def literal(number: float) -> tuple[str, int]:
    """Print a number as it stands."""
    if isinstance(number, float) and not math.isfinite(number):
        return ("math.nan", ATOM) if math.isnan(number) else infinite(number)
    return repr(number), UNARY if math.copysign(1, number) < 0 else ATOM


def infinite(number: float) -> tuple[str, int]:
    """Print an infinity."""
    return ("math.inf", ATOM) if number > 0 else ("-math.inf", UNARY)


def factors(number: Number) -> Sequence[Number]:
    """List the factors of a product."""
    if isinstance(number, Arithmetic) and number.op == "*":
        return tuple(each for operand in number.operands for each in factors(operand))
    return (number,)
