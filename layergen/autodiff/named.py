"""The user's numbers, carried by name: `2 * eps` stays `2 * eps` and is never 2e-05."""

import math
import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import torch

from layergen.ir.graph import Arithmetic, Number, Scalar, SizeAt

__all__ = [
    "NamedFloat",
    "NamedInt",
    "named",
    "number_of",
    "numbers_kept",
    "plain",
    "size_at",
]

ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "truediv": operator.truediv,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "pow": operator.pow,
}
SYMBOLS = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "truediv": "/",
    "floordiv": "//",
    "mod": "%",
    "pow": "**",
}
# math functions that keep the name of what they are given; the rest look at its value.
MATH = ("sqrt", "exp", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "tanh")
NUMBERS = (int, float, torch.SymInt, torch.SymFloat)


@dataclass(frozen=True, slots=True)
class Look:
    """A look at the value of a number, as a branch takes it.

    Attributes:
        names: of the arguments that the number was made of.
        other: what it was compared with, None where it was made a plain one.
        line: 0, or of the user's function.
    """

    names: tuple[str, ...]
    other: Any = None
    line: int = 0


# What was looked at since the trace began.
looks: list[Look] = []


class NamedFloat(float):
    """A float that knows where it came from."""

    number: Number


class NamedInt(int):
    """An int that knows where it came from."""

    number: Number


def named(value: float, number: Number | str) -> Any:
    """Carry a number by name, or by the arithmetic that made it."""
    made: Any = NamedInt(value) if isinstance(value, int) else NamedFloat(value)
    made.number = Scalar(number) if isinstance(number, str) else number
    return made


def number_of(value: Any) -> Any:
    """Tell how a number was made; torch's symbolic ones stand for themselves."""
    return value.number if isinstance(value, NamedFloat | NamedInt) else value


def plain(value: Any) -> Any:
    """Take the bare number, for torch's own code to look at."""
    if isinstance(value, NamedFloat):
        return float.__float__(value)
    if isinstance(value, NamedInt):
        return int.__int__(value)
    return value


def size_at(shape: tuple[Any, ...], dim: NamedInt) -> Any:
    """Take a size along a dimension that the user passes, by that dimension's name."""
    size = shape[int.__int__(dim)]
    return named(hint(size), SizeAt(shape, dim.number))


def hint(value: Any) -> Any:
    """Take the number of the example."""
    symbolic = isinstance(value, torch.SymInt | torch.SymFloat)
    return value.node.hint if symbolic else plain(value)


def arithmetic(name: str, *, reflected: bool) -> Callable[[Any, Any], Any]:
    """Make an operator's method."""

    def method(self: Any, other: Any) -> Any:
        if isinstance(other, bool) or not isinstance(other, NUMBERS):
            return NotImplemented
        left, right = (other, self) if reflected else (self, other)
        value = ARITHMETIC[name](hint(left), hint(right))
        made = Arithmetic(SYMBOLS[name], (number_of(left), number_of(right)))
        return named(value, made)

    return method


def look(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    """Make a method that needs the value, and says so."""

    def looking(self: Any, *others: Any) -> Any:
        looks.append(Look(names_in(self.number), plain(others[0]) if others else None))
        return method(plain(self), *map(plain, others))

    looking.__name__ = name
    return looking


def names_in(number: Any) -> tuple[str, ...]:
    """Name the arguments that a number was made of."""
    if isinstance(number, Scalar):
        return (number.name,)
    if isinstance(number, Arithmetic):
        return tuple(name for each in number.operands for name in names_in(each))
    return names_in(number.dim) if isinstance(number, SizeAt) else ()


LOOKS: dict[str, Callable[..., Any]] = {
    "__eq__": operator.eq,
    "__ne__": operator.ne,
    "__lt__": operator.lt,
    "__le__": operator.le,
    "__gt__": operator.gt,
    "__ge__": operator.ge,
    "__bool__": bool,
    "__int__": int,
    "__float__": float,
    "__trunc__": math.trunc,
    "__floor__": math.floor,
    "__ceil__": math.ceil,
    "__round__": round,
    "__abs__": abs,
}


def prepare() -> None:
    """Give both classes their methods, which differ in a name alone."""
    for kind in (NamedFloat, NamedInt):
        for name in ARITHMETIC:
            setattr(kind, f"__{name}__", arithmetic(name, reflected=False))
            setattr(kind, f"__r{name}__", arithmetic(name, reflected=True))
        for name, method in LOOKS.items():
            setattr(kind, name, look(name, method))
        kind.__neg__ = negated  # type: ignore[method-assign]
        kind.__hash__ = hash_of  # type: ignore[method-assign]
    NamedInt.__index__ = look("__index__", int)  # type: ignore[method-assign]


def negated(self: Any) -> Any:
    """Negate, and keep the name."""
    return named(-plain(self), Arithmetic("neg", (self.number,)))


def hash_of(self: Any) -> int:
    """Hash by the name."""
    return hash(self.number)


prepare()


@contextmanager
def numbers_kept() -> Iterator[list[Look]]:
    """Keep names through `math.sqrt` and through torch's symbolic numbers, for a while.

    Yields:
        The looks that were taken at their values, as a branch does.
    """
    looks.clear()
    patches = [patch.object(math, name, of_math(name)) for name in MATH]
    for kind in (torch.SymInt, torch.SymFloat):
        for name in ARITHMETIC:
            for spelling in (f"__{name}__", f"__r{name}__"):
                if method := getattr(kind, spelling, None):
                    patches.append(patch.object(kind, spelling, giving_way(method)))
    for each in patches:
        each.start()
    try:
        yield looks
    finally:
        for each in reversed(patches):
            each.stop()


def of_math(name: str) -> Callable[..., Any]:
    """Let a function of math keep the name of what it is given."""
    real = getattr(math, name)

    def kept(value: Any, *others: Any) -> Any:
        symbolic = isinstance(value, torch.SymInt | torch.SymFloat)
        if others or not (symbolic or isinstance(value, NamedFloat | NamedInt)):
            return real(value, *others)
        return named(real(hint(value)), Arithmetic(f"math.{name}", (number_of(value),)))

    return kept


def giving_way(method: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Let a symbolic number's operator leave a named number to that one's own."""

    def operate(self: Any, other: Any) -> Any:
        if isinstance(other, NamedFloat | NamedInt):
            return NotImplemented
        return method(self, other)

    return operate
