"""What was asked of the sizes, and whether another answer changes what the forward does.

A guard is what torch noted when a symbolic size was compared, or made a plain int. One that no
size breaks at which the forward runs is a check of validity: the forward raises by itself.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import sympy
import torch
from torch import Tensor

from layergen.autodiff.refusal import Reason, refused
from layergen.autodiff.rerun import Difference, DoesNotRun, difference
from layergen.autodiff.trace import Trace
from layergen.errors import CannotDerive

__all__ = ["Freed", "check_guards", "check_ones"]

SIZES = (2, 3, 4, 6, 7, 8, 9, 12)
TRIES = 3  # runs with one group of dimensions changed
MOST = 60  # runs of one forward, to break all of its guards
MOST_ONES = 12  # groups of dimensions tried at 1, each alone
LARGEST = 1_000_000  # numbers that go in
# They read beyond the memory that there is where sizes do not fit.
UNCHECKED = frozenset(
    ["batch_norm", "gru", "gru_cell", "lstm", "lstm_cell", "rnn_relu", "rnn_tanh"]
)

Dims = tuple[tuple[int, int], ...]  # argument and dimension
Args = tuple[Any, ...]
Forward = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Guard:
    """One thing that was asked.

    Attributes:
        expression: over symbols, as sympy has it.
        line: of the user's function.
    """

    expression: Any
    line: int

    @property
    def fixes(self) -> bool:
        """Whether a size is a constant since."""
        return isinstance(self.expression, sympy.Eq) and any(
            each.is_Integer for each in self.expression.args
        )


@dataclass(frozen=True, slots=True)
class Freed:
    """Arguments at which a size is not the constant that the trace took it for.

    The forward does the same there; what is derived there must be the same, too.

    Attributes:
        refusal: to be raised where it is not.
    """

    args: Args
    refusal: CannotDerive


def check_guards(trace: Trace, function: Forward, inputs: Sequence[Any]) -> list[Freed]:
    """Refuse a forward that does something else where a guard is broken.

    Returns:
        Where it does the same though a size of the trace is a constant.

    Raises:
        CannotDerive: It does something else.
    """
    freed = []
    runs = iter(range(MOST))
    for guard in guards_of(trace) if is_safe(trace) else ():
        found = list(taken(trace, guard, function, inputs, runs))
        if guard.fixes and found:
            freed.append(Freed(found[0], refusal(trace, guard, 0)))
    return freed


def check_ones(trace: Trace, function: Forward, inputs: Sequence[Any]) -> None:
    """Refuse a forward that does something else where a size is 1.

    Of that torch notes nothing: a symbolic size is never 1.
    """
    groups = list(dict.fromkeys(tied(trace, each) for each in trace.symbols.values()))
    whole = tuple(place for group in groups for place in group)
    for group in (whole, *groups[:MOST_ONES]) if is_safe(trace) else ():
        args = resized(inputs, group, 1)
        try:
            found = different(trace, function, args, sizes=False)
        except DoesNotRun:
            continue
        if found is not None and group != whole:
            at, dim = group[0]
            detail = f"{trace.names[at]}.shape[{dim}] != 1"
            place = trace.recorder.place(found.line)
            raise refused(Reason.SIZE_SPECIALISED, place=place, detail=detail)
        if found is None and group == whole:
            return


def different(
    trace: Trace, function: Forward, args: Args, *, sizes: bool = True
) -> Difference | None:
    """Find what a forward does otherwise at other shapes.

    Raises:
        DoesNotRun: It does not take them, or they can't be tried.
    """
    if sum(each.numel() for each in args if isinstance(each, Tensor)) > LARGEST:
        raise DoesNotRun
    return difference(trace, function, args, sizes=sizes)


def is_safe(trace: Trace) -> bool:
    """Tell whether sizes that do not fit can be tried: each operation checks them."""
    return not any(each.op in UNCHECKED for each in trace.tape.calls)


def guards_of(trace: Trace) -> list[Guard]:
    """List what the user's own lines asked, then what made a constant of a size."""
    found: dict[Any, Guard] = {}
    theirs = trace.recorder.asked_by_torch
    guards = list(enumerate(trace.sandbox.guards))
    for at, expression in sorted(guards, key=lambda each: each[0] in theirs):
        guard = Guard(expression, trace.seen.line_of_guard(at))
        if guard.fixes or at not in theirs:
            found.setdefault(expression, guard)
    return list(found.values())


def taken(
    trace: Trace,
    guard: Guard,
    function: Forward,
    inputs: Sequence[Any],
    runs: Iterator[int],
) -> Iterator[Args]:
    """Find shapes that break a guard and that the forward takes, one for each way to break it."""
    for choices in broken(trace, guard, inputs):
        for args in choices:
            if next(runs, None) is None:
                return
            try:
                found = different(trace, function, args)
            except DoesNotRun:
                continue
            if found is not None:
                raise refusal(trace, guard, found.line)
            yield args


def refusal(trace: Trace, guard: Guard, line: int) -> CannotDerive:
    """Word a refusal at the line that asked."""
    place = trace.recorder.place(guard.line or line)
    detail = spelled(trace, guard)
    return refused(Reason.SIZE_SPECIALISED, place=place, detail=detail)


def broken(
    trace: Trace, guard: Guard, inputs: Sequence[Any]
) -> Iterator[Iterator[Args]]:
    """Choose shapes at which a guard does not hold, a few for each group of dimensions."""
    asked = [each for each in trace.symbols if each in guard.expression.free_symbols]
    for symbol in asked:
        for dims in together(trace, symbol, inputs):
            tries = (resized(inputs, dims, size) for size in sizes_for(guard))
            yield islice((e for e in tries if not holds(trace, guard, e)), TRIES)


def sizes_for(guard: Guard) -> Iterator[int]:
    """Choose sizes: those around the numbers in a guard, and small ones."""
    numbers = sorted(int(each) for each in guard.expression.atoms(sympy.Integer))
    near = [each + step for each in numbers for step in (0, 1, -1)]
    for size in dict.fromkeys((*near, *SIZES)):
        if size >= 2:
            yield size


def together(trace: Trace, symbol: Any, inputs: Sequence[Any]) -> list[Dims]:
    """List which dimensions may have to change with a size: those known to be equal, or all."""
    own = trace.symbols[symbol]
    size = inputs[own[0]].shape[own[1]]
    places = trace.symbols.values()
    equal = tuple((at, dim) for at, dim in places if inputs[at].shape[dim] == size)
    return list(dict.fromkeys([(own,), tied(trace, own), equal]))


def tied(trace: Trace, own: tuple[int, int]) -> Dims:
    """List the dimensions that are known to have one size."""
    now = {place: current(trace, place) for place in trace.symbols.values()}
    return tuple(place for place, each in now.items() if each == now[own])


def current(trace: Trace, place: tuple[int, int]) -> Any:
    """Take a size of an argument as far as it is known now."""
    argument, dim = place
    entry = trace.arguments[argument]
    assert entry is not None  # a symbol is a tensor's
    return trace.sandbox.expression(entry.result.shape[dim])


def holds(trace: Trace, guard: Guard, args: Args) -> bool:
    """Evaluate a guard at other sizes."""
    sizes = {
        symbol: sympy.Integer(args[at].shape[dim])
        for symbol, (at, dim) in trace.symbols.items()
    }
    return bool(guard.expression.xreplace(sizes) == sympy.true)


def resized(inputs: Sequence[Any], dims: Dims, size: int) -> Args:
    """Give some dimensions another size."""
    found = []
    for at, value in enumerate(inputs):
        changed = [dim for argument, dim in dims if argument == at]
        if changed:
            shape = [
                size if dim in changed else each for dim, each in enumerate(value.shape)
            ]
            value = filled(value, shape)
        found.append(value)
    return tuple(found)


def filled(tensor: Tensor, shape: Sequence[int]) -> Tensor:
    """Repeat the entries of a tensor over another shape: indices stay what they are."""
    entries = tensor.detach().reshape(-1)
    at = torch.arange(torch.Size(shape).numel()) % max(entries.numel(), 1)
    return entries[at].reshape(tuple(shape))


def spelled(trace: Trace, guard: Guard) -> str:
    """Spell what was asked: "x.shape[1] % 2 == 0"."""
    names: Mapping[Any, str] = {
        symbol: f"{trace.names[at]}.shape[{dim}]"
        for symbol, (at, dim) in trace.symbols.items()
    }
    return trace.sandbox.spelled(guard.expression, names)
