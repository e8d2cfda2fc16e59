"""A forward with its derived backward; plain data, so that printers need no torch."""

from dataclasses import dataclass, replace
from typing import Any

from layergen.ir.graph import Graph, Number, Size, counted

__all__ = ["Condition", "Dimension", "Gradients", "LookedAt"]


@dataclass(frozen=True, slots=True)
class Dimension:
    """Where a size can be read: x.shape[0], x.shape[-1].

    Attributes:
        from_end: whether it is counted from the last one in any case.
    """

    argument: str
    dim: int
    rank: int
    from_end: bool = False

    @property
    def index(self) -> int:
        """What stands in the brackets."""
        return counted(self.dim, self.rank, from_end=self.from_end)


@dataclass(frozen=True, slots=True)
class Condition:
    """What of the sizes a derivation holds for alone: x.shape[1] % 2 == 0.

    Attributes:
        op: how the sides compare: "==", ">=".
        places: where each size in them is.
    """

    op: str
    left: Number
    right: Number
    places: tuple[tuple[Size, Dimension], ...]

    @property
    def from_end(self) -> "Condition":
        """The same with all dimensions counted from the last one."""
        places = ((size, replace(at, from_end=True)) for size, at in self.places)
        return replace(self, places=tuple(places))


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A number that what was derived holds for one value of alone.

    Attributes:
        line: of the user's function, where its value is asked; 0 where that is not known.
    """

    argument: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Gradients:
    """What was derived of one forward under one setting of its flags.

    Attributes:
        graph: only what the forward and the backward need; forward nodes come first in time.
        names: the forward's arguments, in order.
        arguments: the tensors among them, as nodes.
        outputs: nodes that the forward returns.
        single: whether it returns a tensor, and not a tuple.
        cotangents: for each output its incoming gradient's node, None where it has none.
        gradients: for each of `names` the node of its gradient, None where it has none.
        kept: nodes that forward returns beside its outputs, for backward alone.
        ways_back: for each of `kept` its incoming gradient's node, None where it has none; ()
            where all of them are constants, rebuilt from the arguments for a second derivative.
        saved: nodes for save_for_backward: arguments, then outputs, then what is kept.
        returned_by: names of the user's variables that hold the kept values when the forward
            returns, where each has one.
        fallbacks: operations that were differentiated through autograd.
        conditions: what of the sizes it holds for alone, though the forward takes others.
        equalities: which computed sizes of the arguments are equal, unless they broadcast.
        setting: what it holds for: whether an optional tensor is there, the value of a flag.
        any_lead: whether "..." stands before the named dimensions of some argument: sizes are
            then read from the end.
        looked_at: numbers of the user's that it holds for one value of alone.
        real: tensors that must not be complex, though the forward takes such.
    """

    graph: Graph
    names: tuple[str, ...]
    arguments: tuple[int, ...]
    outputs: tuple[int, ...]
    single: bool
    cotangents: tuple[int | None, ...]
    gradients: tuple[int | None, ...]
    kept: tuple[int, ...]
    saved: tuple[int, ...]
    ways_back: tuple[int | None, ...] = ()
    returned_by: tuple[str, ...] = ()
    fallbacks: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    equalities: tuple[Condition, ...] = ()
    setting: tuple[tuple[str, Any], ...] = ()
    any_lead: bool = False
    looked_at: tuple[LookedAt, ...] = ()
    real: tuple[str, ...] = ()

    @property
    def rebuilds(self) -> bool:
        """Whether something kept varies with the inputs, and has no way back of its own."""
        constants = () if self.ways_back else self.kept
        return any(self.graph[index].varies for index in constants)
