"""Shapes at which something that was asked of the sizes is otherwise."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import sympy
import torch
from torch import Tensor

from layergen.autodiff.trace import Trace

__all__ = [
    "LARGEST_RUN",
    "Guard",
    "broken",
    "guards_of",
    "is_consistent",
    "resized",
    "tied",
]

SIZES = (2, 3, 4, 6, 7, 8, 9, 12)
REMAINDERS = ("Mod", "PythonMod")  # torch's own, as sympy has them
LARGEST = (
    2**16
)  # torch asks whether its own limits hold, 2**63: no tensor has such a size
LARGEST_RUN = 1_000_000  # numbers that go in where a forward is run
TRIES = 3  # runs with one group of dimensions changed

Dims = tuple[tuple[int, int], ...]  # argument and dimension
Args = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Guard:
    """One thing that was asked.

    Attributes:
        expression: over symbols, as sympy has it.
        symbols: of the trace, and where each is: argument and dimension.
        by_torch: whether an operation asked, and not the user's own Python.
        line: of the user's function.
    """

    expression: Any
    symbols: Mapping[Any, tuple[int, int]]
    by_torch: bool = False
    line: int = 0

    @property
    def fixes(self) -> bool:
        """Whether a size is a constant since."""
        return isinstance(self.expression, sympy.Eq) and any(
            each.is_Integer for each in self.expression.args
        )

    @property
    def simplifies(self) -> bool:
        """Whether formulas may be shorter since; that two sizes differ says nothing of them."""
        return not isinstance(self.expression, sympy.Ne)

    @property
    def divides(self) -> bool:
        """Whether a remainder was asked for."""
        parts = sympy.preorder_traversal(self.expression)
        return any(type(each).__name__ in REMAINDERS for each in parts)

    def holds(self, args: Args) -> bool:
        """Evaluate it at other sizes."""
        sizes = {
            symbol: sympy.Integer(args[at].shape[dim])
            for symbol, (at, dim) in self.symbols.items()
        }
        try:
            return bool(self.expression.xreplace(sizes) == sympy.true)
        except (ArithmeticError, AssertionError):
            return False  # modulo zero, or below it: sympy asserts that it is not


def guards_of(trace: Trace) -> list[Guard]:
    """List what the user's own lines asked, then what operations did that simplifies formulas.

    Of the latter first what made a constant of a size.
    """
    found: dict[Any, Guard] = {}
    for at, expression in enumerate(trace.sandbox.guards):
        by_torch = at in trace.recorder.asked_by_torch
        line = trace.seen.line_of_guard(at)
        guard = Guard(expression, trace.symbols, by_torch, line)
        if guard.simplifies or not by_torch:
            found.setdefault(expression, guard)
    return sorted(found.values(), key=lambda each: (each.by_torch, not each.fixes))


def broken(
    trace: Trace, guard: Guard, inputs: Sequence[Any]
) -> Iterator[Iterator[Args]]:
    """Choose shapes at which a guard does not hold, a few for each group of dimensions."""
    asked = [each for each in trace.symbols if each in guard.expression.free_symbols]
    groups = [dims for each in asked for dims in together(trace, each, inputs)]
    for dims in dict.fromkeys(groups):
        tries = (resized(inputs, dims, size) for size in sizes_for(guard))
        yield islice(breaking(guard, tries), TRIES)
    # what is no multiple may do where the others are: x.view(n, 2, -1) of (n, 3, 4)
    for dims in dict.fromkeys(groups) if guard.divides else ():
        factor = max(numbers_in(guard), default=1)
        tries = (
            multiplied(resized(inputs, dims, size), dims, factor)
            for size in sizes_for(guard)
        )
        yield islice(breaking(guard, tries), TRIES)


def breaking(guard: Guard, tries: Iterable[Args]) -> Iterator[Args]:
    """Take those at which a guard does not hold."""
    return (each for each in tries if not guard.holds(each))


def numbers_in(guard: Guard) -> list[int]:
    """List the integers in a guard."""
    return sorted(int(each) for each in guard.expression.atoms(sympy.Integer))


def sizes_for(guard: Guard) -> Iterator[int]:
    """Choose sizes: those around the numbers in a guard, and small ones."""
    near = [each + step for each in numbers_in(guard) for step in (0, 1, -1)]
    for size in dict.fromkeys((*near, *SIZES)):
        if 2 <= size <= LARGEST:
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


def is_consistent(trace: Trace, args: Args) -> bool:
    """Tell whether sizes that are known to depend on each other do so in these arguments."""
    sizes = {
        symbol: sympy.Integer(args[at].shape[dim])
        for symbol, (at, dim) in trace.symbols.items()
    }
    return all(
        current(trace, place).xreplace(sizes) == sizes[symbol]
        for symbol, place in trace.symbols.items()
    )


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


def multiplied(inputs: Sequence[Any], dims: Dims, factor: int) -> Args:
    """Make all dimensions but some a multiple of what they are; those of size 1 stay."""
    return tuple(
        (
            filled(
                value,
                [
                    each if (at, dim) in dims or each == 1 else factor * each
                    for dim, each in enumerate(value.shape)
                ],
            )
            if isinstance(value, Tensor)
            else value
        )
        for at, value in enumerate(inputs)
    )


def filled(tensor: Tensor, shape: Sequence[int]) -> Tensor:
    """Repeat the entries of a tensor over another shape: indices stay what they are."""
    numel, entries = torch.Size(shape).numel(), tensor.detach().reshape(-1)
    if numel > LARGEST_RUN:
        return tensor.new_empty(()).expand(tuple(shape))  # for its shape alone
    times = -(-numel // max(entries.numel(), 1))
    return entries.repeat(times)[:numel].reshape(tuple(shape))
