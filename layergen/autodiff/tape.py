"""The list of operations while it grows; tensors without values stand beside each one."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.named import NamedInt, size_at
from layergen.autodiff.operations import Operation
from layergen.ir.graph import Kind, Phase, Syntax, Value

__all__ = ["Entry", "ShapeRef", "Tape", "mapped"]

ARGUMENT = Operation("argument", "", Syntax.FUNCTION)
PART = Operation("part", "", Syntax.INDEX)


class Sizes(tuple[Any, ...]):
    """Sizes in a row, as torch.Size has plain ones."""

    def __getitem__(self, at: Any) -> Any:
        """Take a size, or some; along a dimension that the user passes, by its name."""
        if isinstance(at, NamedInt):
            return size_at(tuple(self), at)
        found = super().__getitem__(at)
        return Sizes(found) if isinstance(at, slice) else found

    def numel(self) -> Any:
        """Multiply the sizes, as torch.Size does."""
        product: Any = 1
        for size in self:
            product = product * size
        return product


class ShapeRef(Sizes):
    """A tensor's shape that knows whose it is: it prints as `x.shape`."""

    of: Value


class Entry:
    """A node in the making: its arguments are live, tensors apart, which are Values."""

    def __init__(
        self,
        index: int,
        kind: Kind,
        operation: Operation,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        result: Any,
        phase: Phase,
    ) -> None:
        self.index = index
        self.kind = kind
        self.operation = operation
        self.args = args
        self.kwargs = dict(kwargs)
        self.result = result
        self.phase = phase
        self.random = False
        self.constant = False
        self.changes_state = False
        self.hint = ""
        self.gradient_of = ""
        self.line = 0
        self.of_torch = False  # called by torch's own Python
        self.func: Callable[..., Any] | None = None

    @property
    def op(self) -> str:
        """Its canonical name."""
        return self.operation.op

    @property
    def operands(self) -> list[int]:
        """The entries whose values it takes."""
        return [each.node for each in leaves((self.args, self.kwargs), Value)]


def mapped(change: Callable[[Any], Any], found: Any) -> Any:
    """Change every leaf of an argument: of tuples, lists, dicts and slices."""
    if isinstance(found, ShapeRef):
        return change(found)
    if isinstance(found, torch.Size):
        return tuple(mapped(change, each) for each in found)
    if isinstance(found, tuple | list):
        made = [mapped(change, each) for each in found]
        return made if isinstance(found, list) else tuple(made)
    if isinstance(found, dict):
        return {key: mapped(change, each) for key, each in found.items()}
    if isinstance(found, slice):
        parts = (found.start, found.stop, found.step)
        return slice(*(mapped(change, each) for each in parts))
    return change(found)


def leaves(found: Any, kind: type | tuple[type, ...]) -> list[Any]:
    """List the leaves of a kind, in order."""
    seen: list[Any] = []

    def look(leaf: Any) -> Any:
        if isinstance(leaf, kind):
            seen.append(leaf)
        return leaf

    mapped(look, found)
    return seen


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a tape goes."""

    length: int
    known: Mapping[Any, Entry]


class Tape:
    """What was computed so far, in order.

    Args:
        merges: whether what is computed twice is one entry.
    """

    def __init__(self, *, merges: bool = True) -> None:
        self.merges = merges
        self.entries: list[Entry] = []
        self.calls: list[Entry] = []  # one for each call, where calls may be merged
        self.phase = Phase.FORWARD
        self.by_id: dict[int, Entry] = {}
        self.kept: list[Tensor] = []  # an id is the tensor's own only while it lives
        self.known: dict[Any, Entry] = {}

    def __getitem__(self, index: int) -> Entry:
        return self.entries[index]

    def mark(self) -> Mark:
        """Remember how far it goes."""
        return Mark(len(self.entries), dict(self.known))

    def rewind(self, mark: Mark) -> None:
        """Forget what was computed since; of tensors it is still known that they are not free."""
        del self.entries[mark.length :]
        self.known = dict(mark.known)

    def bind(self, tensor: Tensor, entry: Entry) -> None:
        """Say which entry computed a tensor."""
        self.by_id[id(tensor)] = entry
        self.kept.append(tensor)

    def find(self, tensor: Tensor) -> Entry | None:
        """Tell which entry computed a tensor, or None where the tape never saw it."""
        return self.by_id.get(id(tensor))

    def recalled(self, keys: Iterable[Any]) -> Entry | None:
        """Find a call that was recorded before, under one of its spellings."""
        found = (self.known[key] for key in keys if key in self.known)
        return next(found, None) if self.merges else None

    def add(
        self,
        kind: Kind,
        operation: Operation,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        result: Any,
    ) -> Entry:
        """Append an entry and bind what it gives."""
        entry = Entry(
            len(self.entries), kind, operation, args, kwargs, result, self.phase
        )
        self.entries.append(entry)
        if isinstance(result, Tensor):
            self.bind(result, entry)
        return entry

    def leaf(self, kind: Kind, name: str, tensor: Tensor) -> Entry:
        """Append an argument of the forward, or a cotangent of the backward."""
        entry = self.add(
            kind, Operation(kind.value, name, Syntax.FUNCTION), (), {}, tensor
        )
        entry.hint = name
        return entry

    def parts(self, entry: Entry) -> Iterator[tuple[int, Entry]]:
        """Append the several results of an entry, or find them where they are already."""
        for at, each in enumerate(entry.result):
            if not isinstance(each, Tensor):
                continue
            key = ("part", entry.index, at)
            if key not in self.known:
                args = (Value(entry.index), at)
                self.known[key] = self.add(Kind.PART, PART, args, {}, each)
                self.known[key].phase = entry.phase
                self.known[key].constant = entry.constant
            yield at, self.known[key]

    def value(self, index: int) -> Any:
        """Take the live result of an entry."""
        return self.entries[index].result

    def live(self, found: Any) -> Any:
        """Put the tensors back into an argument."""
        return mapped(
            lambda leaf: self.value(leaf.node) if isinstance(leaf, Value) else leaf,
            found,
        )
