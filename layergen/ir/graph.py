"""A forward and its backward as one list of operations; plain data, no torch."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

__all__ = [
    "FLOATING",
    "Arithmetic",
    "DeviceOf",
    "DtypeOf",
    "Graph",
    "Kind",
    "Limit",
    "Listed",
    "Named",
    "Node",
    "Number",
    "Phase",
    "Range",
    "Scalar",
    "ShapeOf",
    "Size",
    "SizeAt",
    "Syntax",
    "Value",
    "counted",
    "values_in",
]


FLOATING = frozenset(
    ["float64", "float32", "float16", "bfloat16", "complex128", "complex64"]
)


class Kind(StrEnum):
    """Where a node's value comes from."""

    ARGUMENT = "argument"  # of the forward
    COTANGENT = "cotangent"  # the incoming gradient of an output
    CALL = "call"  # an operation
    PART = "part"  # one of an operation's several results


class Phase(StrEnum):
    """Which of the two texts a node was first written for."""

    FORWARD = "forward"
    BACKWARD = "backward"


class Syntax(StrEnum):
    """How an operation is spelled."""

    FUNCTION = "function"  # torch.softmax(x, -1)
    METHOD = "method"  # x.sum(-1)
    ATTRIBUTE = "attribute"  # x.mT
    OPERATOR = "operator"  # x * y
    INDEX = "index"  # x[..., 1:]


@dataclass(frozen=True, slots=True)
class Value:
    """What another node computes."""

    node: int


@dataclass(frozen=True, slots=True)
class ShapeOf:
    """The whole shape of a value: x.shape."""

    of: Value


@dataclass(frozen=True, slots=True)
class DtypeOf:
    """The floating dtype that the inputs have, x.dtype, or the complex one of its width."""

    is_complex: bool = False


@dataclass(frozen=True, slots=True)
class DeviceOf:
    """The device that the inputs are on: x.device."""


@dataclass(frozen=True, slots=True)
class Named:
    """A constant of torch, by its own name: torch.float32, torch.contiguous_format."""

    name: str


@dataclass(frozen=True, slots=True)
class Size:
    """A size that is free: every dimension that has it carries the same symbol."""

    symbol: str


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number that the user passes: eps."""

    name: str


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Arithmetic on numbers.

    Attributes:
        op: an operator of Python, or a function's name: "+", "//", "math.sqrt", "max".
    """

    op: str
    operands: tuple["Number", ...]


@dataclass(frozen=True, slots=True)
class SizeAt:
    """The size along a dimension that the user passes: x.shape[dim].

    Attributes:
        shape: of x.
    """

    shape: tuple["Number", ...]
    dim: "Number"


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of the floating dtype that the inputs have: torch.finfo(x.dtype).min."""

    name: str


Number = int | float | Size | Scalar | Arithmetic | SizeAt | Limit


def counted(dim: int, rank: int, *, from_end: bool) -> int:
    """Count from the end where it is the last dimension, or the last but one of many."""
    own = dim - rank
    last = own == -1 or (own == -2 and rank > 2)
    return own if last or from_end else dim


@dataclass(frozen=True, slots=True)
class Range:
    """A slice of an index: start:stop:step."""

    start: Any
    stop: Any
    step: Any


@dataclass(frozen=True, slots=True)
class Listed:
    """A list, where a tuple would mean something else."""

    items: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """One operation, and what it gives.

    Attributes:
        op: canonical name, the key of its rule: "softmax", "linalg.vector_norm".
        name: as it is spelled: "torch.softmax", "sum", "mT"; of an argument, its name.
        args: Value, Number, ShapeOf, Range, Listed, tuples of these, and plain literals.
        shape: one Number for each dimension; () where it gives several results.
        dtype: "float64"; "" where it gives several results.
        random: whether it draws random numbers.
        constant: whether no gradient passes, as under torch.no_grad().
        changes_state: whether calling it twice is not calling it once: batch_norm in training.
        parts: how many results it gives, where that is not one tensor.
        hint: the user's own name for the value, or one that the derivation suggests; or "".
        gradient_of: the operation whose result it is the gradient of, where that has no name.
        line: of the user's function, from 1; 0 where there is none.
    """

    index: int
    kind: Kind
    op: str
    name: str
    syntax: Syntax = Syntax.FUNCTION
    args: tuple[Any, ...] = ()
    kwargs: tuple[tuple[str, Any], ...] = ()
    shape: tuple[Number, ...] = ()
    dtype: str = ""
    phase: Phase = Phase.FORWARD
    random: bool = False
    constant: bool = False
    changes_state: bool = False
    parts: int = 0
    hint: str = ""
    gradient_of: str = ""
    line: int = 0

    @property
    def inputs(self) -> tuple[int, ...]:
        """The nodes whose values it takes, or whose shapes it looks at."""
        return tuple(values_in((self.args, self.kwargs)))

    @property
    def varies(self) -> bool:
        """Whether a gradient can pass it to what it was computed from."""
        return not self.random and not self.constant and self.dtype in FLOATING

    @property
    def operands(self) -> tuple[int, ...]:
        """The nodes whose values it takes."""
        return tuple(values_in((self.args, self.kwargs), shapes=False))


def values_in(found: Any, *, shapes: bool = True) -> Iterator[int]:
    """List the nodes that an argument refers to, in order."""
    match found:
        case Value(node):
            yield node
        case ShapeOf(of):
            if shapes:
                yield of.node
        case Listed(items):
            yield from values_in(items, shapes=shapes)
        case Range(start, stop, step):
            yield from values_in((start, stop, step), shapes=shapes)
        case tuple():
            for each in found:
                yield from values_in(each, shapes=shapes)


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes in the order in which they can be computed; a node's index is its place."""

    nodes: tuple[Node, ...]

    def __getitem__(self, index: int) -> Node:
        return self.nodes[index]
