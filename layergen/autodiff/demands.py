"""What is demanded of sizes: as a condition that a function can check, and as a refusal."""

from dataclasses import dataclass
from typing import Any

import sympy

from layergen.autodiff.breaking import Guard, guards_of
from layergen.autodiff.refusal import Reason, refused
from layergen.autodiff.symbols import UnknownNumber, as_relation
from layergen.autodiff.trace import Trace
from layergen.errors import CannotDerive
from layergen.ir.gradients import Condition, Dimension
from layergen.ir.graph import Size

__all__ = ["Demand", "demanded", "equalities"]


@dataclass(frozen=True, slots=True)
class Demand:
    """A guard that must hold, as far as is known.

    Attributes:
        condition: to be checked where the function is called; None where it can't be.
        refusal: to be raised in its place.
    """

    guard: Guard
    condition: Condition | None
    refusal: CannotDerive

    @property
    def not_one(self) -> Any:
        """The size that it wants to be other than 1, if that is all."""
        expression = self.guard.expression
        is_so = isinstance(expression, sympy.Ne) and expression.rhs == 1
        return expression.lhs if is_so and expression.lhs.is_Symbol else None

    def rules_out(self, symbol: Any) -> bool:
        """Tell whether it alone forbids that a size is 1."""
        expression = self.guard.expression
        if expression.free_symbols != {symbol} or self.not_one is not None:
            return False
        return bool(expression.xreplace({symbol: sympy.Integer(1)}) == sympy.false)


def demanded(trace: Trace, guard: Guard) -> Demand:
    """Word what is demanded, and its refusal at the line that asked."""
    place = trace.recorder.place(guard.line)
    detail = spelled(trace, guard)
    refusal = refused(Reason.SIZE_SPECIALISED, place=place, detail=detail)
    return Demand(guard, condition(trace, guard) if guard.by_torch else None, refusal)


def condition(trace: Trace, guard: Guard) -> Condition | None:
    """Write a guard down as plain data, where it can be."""
    try:
        op, left, right = as_relation(guard.expression)
    except UnknownNumber:
        return None
    places = tuple(
        (Size(str(symbol.name)), dimension(trace, *place))
        for symbol, place in guard.symbols.items()
        if symbol in guard.expression.free_symbols
    )
    return Condition(op, left, right, places)


def dimension(trace: Trace, argument: int, dim: int) -> Dimension:
    """Name a dimension of an argument."""
    entry = trace.arguments[argument]
    assert entry is not None  # a symbol is a tensor's
    return Dimension(trace.names[argument], dim, entry.result.dim())


def spelled(trace: Trace, guard: Guard) -> str:
    """Spell what was asked: "x.shape[1] % 2 == 0"."""
    names = {
        symbol: f"{trace.names[at]}.shape[{dim}]"
        for symbol, (at, dim) in guard.symbols.items()
    }
    return trace.sandbox.spelled(guard.expression, names)


def equalities(trace: Trace) -> list[Condition]:
    """List what makes sizes of two arguments one, and is not seen in their shapes.

    As p.shape[2] == x.shape[1] // 3 of `p * x.view(-1, 3, 5)`: p may broadcast there.
    """
    found = [
        condition(trace, each)
        for each in guards_of(trace)
        if is_between_two(each) and trace.sandbox.known(each.expression) != sympy.true
    ]
    return [each for each in found if each is not None]


def is_between_two(guard: Guard) -> bool:
    """Tell whether a size of one argument is asked to be that of another."""
    if not isinstance(guard.expression, sympy.Eq):
        return False
    sides = [
        {guard.symbols[each][0] for each in side.free_symbols}
        for side in guard.expression.args
    ]
    return all(len(side) == 1 for side in sides) and sides[0] != sides[1]
