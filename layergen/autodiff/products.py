"""Products as data: what a gradient multiplies, divides by and negates.

g * x * 0.5 / n  ->  Product(over=(g, x), times=(0.5,), by=(n,))
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

from layergen.ir.graph import Arithmetic, Number

__all__ = [
    "Product",
    "Sum",
    "coefficient",
    "common",
    "folded",
    "fraction",
    "is_literal",
    "is_number",
    "is_one",
    "multiplied",
    "named",
    "negated",
    "positive",
    "product",
    "quotient",
    "without",
]

DIGITS = 8  # a folded literal of more characters is harder to read than its factors


@dataclass(frozen=True, slots=True)
class Sum:
    """A factor that is a sum itself."""

    terms: tuple["Product", ...]


@dataclass(frozen=True, slots=True)
class Product:
    """A product.

    Attributes:
        over: the factors: nodes, and sums of products.
        under: the nodes it is divided by.
        times: the numbers among the factors.
        by: the numbers it is divided by.
    """

    over: tuple[int | Sum, ...] = ()
    under: tuple[int, ...] = ()
    times: tuple[Number, ...] = ()
    by: tuple[Number, ...] = ()
    negative: bool = False

    @property
    def is_number(self) -> bool:
        """Whether there is no tensor in it."""
        return not self.over and not self.under


def product(one: Product, other: Product) -> Product:
    """Multiply."""
    return Product(
        one.over + other.over,
        one.under + other.under,
        one.times + other.times,
        one.by + other.by,
        one.negative != other.negative,
    )


def common(one: Product, other: Product) -> Product:
    """Take the factors that two products share; numbers only along with a tensor."""
    over = shared(one.over, other.over)
    if not over:
        return Product()
    return Product(
        over,
        shared(one.under, other.under),
        shared(one.times, other.times),
        shared(one.by, other.by),
    )


def quotient(one: Product, part: Product) -> Product:
    """Leave some of its factors out of a product."""
    return Product(
        without(one.over, part.over),
        without(one.under, part.under),
        without(one.times, part.times),
        without(one.by, part.by),
        one.negative,
    )


def shared(one: Iterable[Any], other: Iterable[Any]) -> tuple[Any, ...]:
    """Intersect, as often as both have it, in the order of the first."""
    left = list(other)
    found = []
    for each in one:
        if each in left:
            left.remove(each)
            found.append(each)
    return tuple(found)


def without(one: Iterable[Any], part: Iterable[Any]) -> tuple[Any, ...]:
    """Leave out as often as it is there."""
    found = list(one)
    for each in part:
        found.remove(each)
    return tuple(found)


def coefficient(found: Product) -> Number:
    """Multiply the numbers of a product that is divided by literals, its sign apart: scale / 3."""
    over, under = fraction(found)
    return over if is_one(under) else folded("/", over, under)


def fraction(found: Product) -> tuple[Number, Number]:
    """Multiply what stands over the line, and what a tensor is divided by under it.

    Python raises where it divides by an argument or a size that is 0; a tensor does not.
    """
    over, under = multiplied(found.times), multiplied(found.by)
    if is_one(over) or is_one(under):
        return over, under
    if not named(found.by):
        return folded("/", over, under), 1
    known = [each for each in found.times if is_literal(each)]
    divisors = [each for each in found.by if each not in named(found.by)]
    ratio = folded("/", multiplied(known), multiplied(divisors))
    if not divisors or not is_literal(ratio):
        return over, under
    others = [each for each in found.times if not is_literal(each)]
    return multiplied([ratio, *others]), multiplied(named(found.by))


def named(divisors: Iterable[Number]) -> list[Number]:
    """List what may be 0 among the numbers under the line: all but literals."""
    return [each for each in divisors if not is_literal(each) or each == 0]


def multiplied(numbers: Iterable[Number]) -> Number:
    """Multiply numbers."""
    result: Number = 1
    for each in numbers:
        result = each if is_one(result) else folded("*", result, each)
    return result


def folded(op: str, one: Number, other: Number) -> Number:
    """Compute with literals where that is as easily read; others stay as they are written."""
    if is_literal(one) and is_literal(other) and (op, other) != ("/", 0):
        result = one * other if op == "*" else one / other
        if len(repr(result)) <= DIGITS:
            return result
    return Arithmetic(op, (one, other))


def is_literal(number: Number) -> TypeGuard[int | float]:
    """Tell whether a number is known while we derive."""
    return isinstance(number, int | float)


def is_one(number: Number) -> bool:
    """Tell whether a number is the literal 1."""
    return is_literal(number) and number == 1


def positive(found: Product) -> Product:
    """Let a product's sign alone tell that it is negative, and leave out a 1: -0.5 * 2 is -."""
    literals = [each for each in found.times if is_literal(each)]
    total = multiplied(literals)
    if not is_literal(total) or not (total < 0 or is_one(total)):
        return found
    others = [each for each in found.times if not is_literal(each)]
    own = [] if is_one(abs(total)) else [-total]
    negative = found.negative != (total < 0)
    return replace(found, times=(*own, *others), negative=negative)


def negated(found: Product) -> Product:
    """Change the sign."""
    return replace(found, negative=not found.negative)


def is_number(found: Any) -> bool:
    """Tell whether an argument is a number."""
    return isinstance(found, Number) and not isinstance(found, bool)
