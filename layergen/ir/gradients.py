"""A forward with its derived backward; plain data, so that printers need no torch."""

from dataclasses import dataclass
from typing import Any

from layergen.ir.graph import Graph

__all__ = ["Fixed", "Gradients"]


@dataclass(frozen=True, slots=True)
class Fixed:
    """A size that the trace took for a constant."""

    argument: str
    dim: int
    size: int


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
        saved: nodes for save_for_backward: arguments, then outputs, then what is kept.
        returned_by: names of the user's variables that hold the kept values when the forward
            returns, where each has one.
        fallbacks: operations that were differentiated through autograd.
        fixed: sizes that the trace took for constants.
        setting: what it holds for: whether an optional tensor is there, the value of a flag.
        looked_at: numbers of the user's that the forward's control flow looked at.
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
    returned_by: tuple[str, ...] = ()
    fallbacks: tuple[str, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    setting: tuple[tuple[str, Any], ...] = ()
    looked_at: tuple[str, ...] = ()
