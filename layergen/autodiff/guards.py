"""What was asked of the sizes, and what becomes of a derivation where the answer is another.

A guard is what torch noted when a symbolic size was compared, or made a plain int. The policy:

- One that no size breaks at which the forward runs is a check of validity, as `view` has its
  own: the forward raises by itself, and nothing is printed.
- Where it is broken, and the forward and what is derived of it are the same, it is forgotten.
- What the user's own Python asks, by a branch, int() or range(), they can write otherwise. Where
  the answer changes what is computed the forward is refused: right at every size, or not at all.
- What an operation asks is in its nature: `x.unbind(1)` has as many parts as there are columns,
  and `h.chunk(2, 1)` takes equal halves or others. The formula is derived for the answer that
  the example gives; it is a condition, which the function checks, and its docstring states.
  Where somebody said that the sizes are free, a condition that one of theirs breaks is refused,
  unless it is that a size be large enough: `x[:, :4]` has four columns of such as have them.
- A size of 1 is known to be none in a trace, and nothing is noted: it is tried, and the same
  holds of it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sympy
import torch
from torch import Tensor

from layergen.autodiff.breaking import (
    LARGEST_RUN,
    Guard,
    broken,
    guards_of,
    is_consistent,
    resized,
    tied,
)
from layergen.autodiff.demands import Demand, demanded
from layergen.autodiff.rerun import Difference, DoesNotRun, difference
from layergen.autodiff.trace import Trace

__all__ = ["Freed", "check_guards", "check_ones"]

MOST = 120  # runs of one forward, to break all of its guards
MOST_ONES = 12  # groups of dimensions tried at 1, each alone

Args = tuple[Any, ...]
Forward = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Freed:
    """Arguments at which a guard does not hold, and the forward does the same.

    What is derived there must be the same, too; else the guard is demanded.
    """

    demand: Demand
    choices: tuple[Args, ...]


def check_guards(
    trace: Trace, function: Forward, inputs: Sequence[Any]
) -> tuple[list[Demand], list[Freed]]:
    """Break each guard, and see what the forward does there.

    Returns:
        What is demanded, and what would be if what is derived were different.

    Raises:
        CannotDerive: It does something else where the user's own Python gets another answer.
    """
    demands: list[Demand] = []
    freed = []
    runs = iter(range(MOST))
    for guard in guards_of(trace):
        demand = demanded(trace, guard)
        try:
            found = list(taken(trace, guard, function, inputs, runs, demands))
        except Different as error:
            if demand.condition is None:
                raise demand.refusal from error
            demands.append(demand)
            continue
        if found and guard.simplifies:
            freed.append(Freed(demand, tuple(found)))
    return demands, freed


def check_ones(
    trace: Trace, function: Forward, inputs: Sequence[Any], demands: Sequence[Demand]
) -> list[Demand]:
    """Demand that a size is not 1 where the forward does something else.

    Of that torch notes nothing: a symbolic size is never 1.

    Raises:
        CannotDerive: The user's own Python does, by a branch or `max(size - 1, 1)`.
    """
    groups = list(dict.fromkeys(tied(trace, each) for each in trace.symbols.values()))
    whole = tuple(place for group in groups for place in group)
    found: list[Demand] = []
    at_all: Difference | None = None
    for group in (whole, *groups[:MOST_ONES]):
        args = resized(inputs, group, 1)
        if not all(each.guard.holds(args) for each in (*demands, *found)):
            continue
        try:
            other = difference_at_ones(trace, function, args)
        except DoesNotRun:
            continue
        if group == whole and other is None:
            return found
        if group == whole:
            at_all = other
        elif other is not None:
            found.append(not_one(trace, group[0], other))
    if at_all is not None and not found:
        raise demand_of_one(trace, whole[0], at_all.line).refusal
    return found


def not_one(trace: Trace, place: tuple[int, int], other: Difference) -> Demand:
    """Demand that a size is not 1."""
    demand = demand_of_one(trace, place, other.line)
    if not other.by_operation:
        raise demand.refusal
    return demand


def demand_of_one(trace: Trace, place: tuple[int, int], line: int) -> Demand:
    """Make the guard that torch would have noted."""
    [symbol] = [each for each, at in trace.symbols.items() if at == place]
    expression = sympy.Ne(symbol, 1, evaluate=False)
    return demanded(trace, Guard(expression, trace.symbols, by_torch=True, line=line))


def difference_at_ones(
    trace: Trace, function: Forward, args: Args
) -> Difference | None:
    """Find what a forward does otherwise; sizes that do not fit together are not compared."""
    fits = is_consistent(trace, args)
    found = different(trace, function, args, sizes=fits)
    return negative_part(trace, args) if found is None and fits else found


def negative_part(trace: Trace, args: Args) -> Difference | None:
    """Find a part of a tensor that has nothing, and by the trace less: x[:, 1:-1] of one column."""
    sizes = {
        symbol: sympy.Integer(args[at].shape[dim])
        for symbol, (at, dim) in trace.symbols.items()
    }
    for call in trace.tape.calls:
        for size in call.result.shape if call.op == "getitem" else ():
            if isinstance(size, torch.SymInt):
                now = trace.sandbox.expression(size).xreplace(sizes)
                if now.is_negative:
                    return Difference(call.line, "getitem", by_operation=True)
    return None


def different(
    trace: Trace,
    function: Forward,
    args: Args,
    *,
    sizes: bool = True,
    ones: bool = True,
) -> Difference | None:
    """Find what a forward does otherwise at other shapes.

    Args:
        trace: of the forward.
        function: the forward.
        args: of other shapes.
        sizes: whether what is computed from sizes is compared.
        ones: whether a result may have a size of 1 that it did not have.

    Raises:
        DoesNotRun: It does not take them, or they can't be tried.
    """
    if sum(each.numel() for each in args if isinstance(each, Tensor)) > LARGEST_RUN:
        raise DoesNotRun
    return difference(trace, function, args, sizes=sizes, ones=ones)


class Different(Exception):
    """The forward does something else where a guard is broken."""


def taken(
    trace: Trace,
    guard: Guard,
    function: Forward,
    inputs: Sequence[Any],
    runs: Iterator[int],
    demands: Sequence[Demand],
) -> Iterator[Args]:
    """Find shapes that break a guard alone and that the forward takes, a few for each way.

    Another broadcast inside of the forward is no way to break what an operation asked.

    Raises:
        Different: It does something else there.
    """
    ones = guard.fixes or not guard.by_torch
    for choices in broken(trace, guard, inputs):
        for args in choices:
            if not all(each.guard.holds(args) for each in demands):
                continue
            if next(runs, None) is None:
                return
            try:
                found = different(trace, function, args, ones=ones)
            except DoesNotRun:
                continue
            if found is not None:
                raise Different
            yield args
