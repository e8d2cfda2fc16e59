"""What a derived Function saves, by the names that its text has for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from layergen.emit.at_hand import AtHand
from layergen.emit.names import Names
from layergen.emit.numbers import PRECEDENCE
from layergen.emit.printing import Printing
from layergen.ir.gradients import Gradients
from layergen.ir.graph import Arithmetic, Number
from layergen.spec.model import Argument

__all__ = ["Kept", "kept_of"]


@dataclass(frozen=True, slots=True)
class Kept:
    """One tensor that is saved.

    Attributes:
        name: as backward calls it.
        shape: expressions of the arguments: ("x.shape[0]", "1").
        dtype: "float64" stands for the inputs' own.
        count: of its elements, as an expression: "x.numel()".
    """

    name: str
    shape: tuple[str, ...]
    dtype: str
    count: str


def kept_of(
    name: str, arguments: Sequence[Argument], gradients: Gradients
) -> tuple[Kept, ...]:
    """List what the Function of this name saves, in its order."""
    printing = Printing(f"{name}Function", arguments, gradients, (name,))
    printing.all()  # which hands out the names
    graph = gradients.graph
    given = {index: graph[index].hint for index in gradients.arguments}
    scope = AtHand(graph, Names(()), given)
    return tuple(
        Kept(
            printing.saved_name(index),
            tuple(map(scope.numbers.text, graph[index].shape)),
            graph[index].dtype,
            (
                f"{given[index]}.numel()"
                if index in given
                else scope.numbers.text(product(graph[index].shape), PRECEDENCE["*"])
            ),
        )
        for index in printing.saved()
    )


def product(shape: Sequence[Number]) -> Number:
    """Multiply sizes; those of 1 change nothing."""
    sizes = [each for each in shape if each != 1] or [1]
    return reduce(lambda one, other: Arithmetic("*", (one, other)), sizes)
