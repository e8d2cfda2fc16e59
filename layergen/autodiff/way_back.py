"""What torch's own formulas of a gradient ask of the sizes.

They are one formula for a wide matrix, and another for a tall one. What the forward asks is tried
on the forward (`guards`); of what is asked behind it only another derivation can tell.
"""

from collections.abc import Callable, Sequence
from typing import Any

import sympy

from layergen.autodiff.breaking import Guard
from layergen.autodiff.demands import Demand, demanded
from layergen.autodiff.guards import MOST, Different, Freed, taken
from layergen.autodiff.trace import Trace

__all__ = ["asked_on_the_way_back"]

STRICT = (sympy.Eq, sympy.StrictGreaterThan, sympy.StrictLessThan)


def asked_on_the_way_back(
    trace: Trace,
    function: Callable[..., Any],
    inputs: Sequence[Any],
    demands: Sequence[Demand],
    before: int,
) -> list[Freed]:
    """List what was asked, each with shapes that break it and that the forward takes.

    Args:
        trace: of the function.
        function: the forward.
        inputs: the example.
        demands: what the forward must have.
        before: how much was asked by the forward.
    """
    runs = iter(range(MOST))
    found = []
    for guard in guards_since(trace, before):
        try:
            choices = tuple(taken(trace, guard, function, inputs, runs, demands))
        except Different:
            continue  # the forward asked it, too
        if choices:
            found.append(Freed(demanded(trace, guard), choices))
    return found


def guards_since(trace: Trace, before: int) -> list[Guard]:
    """List what may simplify formulas, the plainest and strictest first: x == y, x < y, x <= y."""
    asked = dict.fromkeys(trace.sandbox.guards[before:])
    found = [Guard(each, trace.symbols, by_torch=True) for each in asked]
    return sorted((each for each in found if each.simplifies), key=weight)


def weight(guard: Guard) -> tuple[int, int]:
    """Tell how much is computed in a guard, and how little it rules out."""
    kinds = [isinstance(guard.expression, each) for each in STRICT]
    return guard.expression.count_ops(), -kinds[0] - any(kinds)
