"""Check the shapes that a derivation holds for, where it does not hold for all."""

from collections.abc import Iterator

from layergen.emit import words
from layergen.emit.at_hand import AtHand, place
from layergen.emit.names import Names
from layergen.emit.views import CheckView
from layergen.ir.gradients import Gradients
from layergen.ir.graph import Arithmetic, Node, Number, Size
from layergen.ir.trial import Pinned

__all__ = ["shape_check"]

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def shape_check(name: str, gradients: Gradients, pinned: Pinned) -> CheckView | None:
    """Refuse tensors of other ranks, or that broadcast otherwise, where that can be.

    Args:
        name: of the function, for the message.
        gradients: whose arguments' shapes are those that hold.
        pinned: what of them is checked.
    """
    graph = gradients.graph
    shapes = {graph[index].hint: graph[index].shape for index in gradients.arguments}
    letters: dict[Number, str] = {}
    told = []
    for argument, shape in shapes.items():
        for size in shape:
            if isinstance(size, Size):
                letters.setdefault(size, LETTERS[len(letters) % len(LETTERS)])
        sizes = [
            letters.get(size, "...") if not isinstance(size, int) else str(size)
            for size in shape
        ]
        told.append(f"{argument} {words.tuple_text(sizes)}")
    asked = " or ".join(conditions(gradients, pinned is Pinned.RANKS))
    if not asked:
        return None
    message = f"{name} has its gradient for the shapes {words.joined(told)}"
    return CheckView(asked, f'"{message}"')


def conditions(gradients: Gradients, ranks: bool) -> Iterator[str]:
    """Ask for each thing that must not be otherwise."""
    graph = gradients.graph
    scope = AtHand(graph, Names(()), {}, ())
    for index in gradients.arguments:
        node = graph[index]
        rank = len(node.shape)
        whole = whole_shape(scope, node)
        if ranks and not (whole and ":" not in whole):
            yield f"{node.hint}.dim() != {rank}"
        if whole:
            yield f"{node.hint}.shape != {whole}"
            scope.known[index] = node.hint
            continue
        for dim, size in enumerate(node.shape):
            own = f"{node.hint}.shape[{place(dim, rank)}]"
            if isinstance(size, int):
                yield f"{own} != {size}"
            elif isinstance(size, Arithmetic) or is_known(scope, size):
                yield f"{own} != {scope.numbers.text(size, 9)}"
        scope.known[index] = node.hint


def whole_shape(scope: AtHand, node: Node) -> str:
    """Name the shape that a tensor shares with one before it, or with its last dimensions."""
    rank = len(node.shape)
    for index, name in scope.known.items():
        shape = scope.graph[index].shape
        if rank and node.shape == shape:
            return f"{name}.shape"
        if rank and node.shape == shape[-rank:]:
            return f"{name}.shape[-{rank}:]"
    return ""


def is_known(scope: AtHand, size: Number) -> bool:
    """Tell whether a tensor before this one has the size."""
    return any(size in scope.graph[index].shape for index in scope.known)
