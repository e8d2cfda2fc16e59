"""Turn the tape into a Graph: plain data without torch, and without what nobody needs."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.adapter import Sandbox
from layergen.autodiff.named import NamedFloat, NamedInt
from layergen.autodiff.refusal import Reason
from layergen.autodiff.symbols import UnknownNumber, as_number
from layergen.autodiff.tape import Entry, ShapeRef, Tape
from layergen.ir.graph import (
    Arithmetic,
    DeviceOf,
    DtypeOf,
    Graph,
    Listed,
    Named,
    Node,
    Number,
    Range,
    ShapeOf,
    SizeAt,
    Value,
)

__all__ = ["Frozen", "frozen"]

LITERALS = (bool, int, float, complex, str, type(None), type(...))
Refusal = Callable[[Reason, Entry, str], Exception]


class Frozen:
    """A graph, and where each entry of the tape went.

    Args:
        graph: the nodes that are needed.
        places: the node of each needed entry.
    """

    def __init__(self, graph: Graph, places: dict[int, int]) -> None:
        self.graph = graph
        self.places = places


def frozen(
    tape: Tape, roots: Iterable[int], sandbox: Sandbox, refusal: Refusal
) -> Frozen:
    """Keep what the roots are computed from."""
    needed = sorted(needed_by(tape, roots))
    places = {index: place for place, index in enumerate(needed)}
    nodes = []
    for index in needed:
        entry = tape[index]
        try:
            nodes.append(Freezer(places, sandbox).node(entry))
        except UnknownNumber as error:
            raise refusal(Reason.SIZE_EXPRESSION, entry, str(error)) from error
        except TypeError as error:
            raise refusal(Reason.OBJECT_ARGUMENT, entry, str(error)) from error
    return Frozen(Graph(tuple(nodes)), places)


def needed_by(tape: Tape, roots: Iterable[int]) -> set[int]:
    """Find what the roots are computed from, and whose shapes they look at."""
    waiting, seen = list(roots), set[int]()
    while waiting:
        index = waiting.pop()
        if index not in seen:
            seen.add(index)
            waiting += references(tape[index])
    return seen


def references(entry: Entry) -> list[int]:
    """List the entries that an entry takes or looks at."""
    found: list[int] = []

    def look(leaf: Any) -> None:
        match leaf:
            case Value(node):
                found.append(node)
            case ShapeRef():
                found.append(leaf.of.node)
            case tuple() | list():
                for each in leaf:
                    look(each)
            case dict():
                look(tuple(leaf.values()))
            case slice():
                look((leaf.start, leaf.stop, leaf.step))

    look((entry.args, entry.kwargs))
    return found


class Freezer:
    """Turn live arguments into plain data."""

    def __init__(self, places: dict[int, int], sandbox: Sandbox) -> None:
        self.places = places
        self.sandbox = sandbox

    def node(self, entry: Entry) -> Node:
        """Freeze an entry."""
        result = entry.result
        is_tensor = isinstance(result, Tensor)
        kwargs = tuple((name, self.leaf(each)) for name, each in entry.kwargs.items())
        return Node(
            index=self.places[entry.index],
            kind=entry.kind,
            op=entry.op,
            name=entry.operation.name,
            syntax=entry.operation.syntax,
            args=tuple(self.leaf(each) for each in entry.args),
            kwargs=kwargs,
            shape=tuple(map(self.number, result.shape)) if is_tensor else (),
            dtype=str(result.dtype).removeprefix("torch.") if is_tensor else "",
            phase=entry.phase,
            random=entry.random,
            constant=entry.constant,
            changes_state=entry.changes_state,
            parts=0 if is_tensor else len(result),
            hint=entry.hint,
            gradient_of=entry.gradient_of,
            line=entry.line,
        )

    def leaf(self, found: Any) -> Any:
        """Freeze an argument."""
        match found:
            case Value(node):
                return Value(self.places[node])
            case ShapeRef():
                return ShapeOf(Value(self.places[found.of.node]))
            case torch.SymInt() | torch.SymFloat() | NamedFloat() | NamedInt():
                return self.number(found)
            case list():
                return Listed(tuple(map(self.leaf, found)))
            case tuple():
                return tuple(map(self.leaf, found))
            case slice():
                return Range(*map(self.leaf, (found.start, found.stop, found.step)))
            case torch.dtype():
                return self.dtype(found)
            case torch.device():
                return DeviceOf()
            case torch.memory_format() | torch.layout():
                return Named(str(found))
        if not isinstance(found, LITERALS):
            raise TypeError(f"a {type(found).__name__}")
        return found

    def dtype(self, found: torch.dtype) -> Any:
        """Say a dtype by the inputs' own, which are float64 while a forward is traced."""
        if found in (torch.float64, torch.complex128):
            return DtypeOf(found.is_complex)
        return Named(str(found))

    def number(self, found: Any) -> Number:
        """Freeze a number."""
        if isinstance(found, NamedFloat | NamedInt):
            return self.number(found.number)
        if isinstance(found, torch.SymInt | torch.SymFloat):
            return as_number(self.sandbox.expression(found))
        if isinstance(found, Arithmetic):
            return Arithmetic(found.op, tuple(map(self.number, found.operands)))
        if isinstance(found, SizeAt):
            return SizeAt(tuple(map(self.number, found.shape)), self.number(found.dim))
        return found  # type: ignore[no-any-return] # a literal, or a Scalar
