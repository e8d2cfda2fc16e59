"""Shapes in letters: sizes that are equal have the same one."""

from collections.abc import Mapping, Sequence

from layergen.ir.gradients import Gradients
from layergen.ir.graph import Number, Size
from layergen.spec.model import ANY_SHAPE, Shape

__all__ = ["in_letters", "lettered"]

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def in_letters(
    gradients: Gradients,
) -> tuple[Mapping[str, Shape], tuple[Shape, ...]]:
    """Describe the shapes of the arguments by name, and of the outputs where all are known."""
    graph = gradients.graph
    letters: dict[Number, str] = {}
    given = {
        graph[index].hint: shape_in(graph[index].shape, letters)
        for index in gradients.arguments
    }
    returned = [shape_in(graph[index].shape, letters) for index in gradients.outputs]
    return given, () if ANY_SHAPE in returned else tuple(returned)


def shape_in(sizes: Sequence[Number], letters: dict[Number, str]) -> Shape:
    """Describe a shape; one with a size that is computed is any."""
    if not all(isinstance(each, int | Size) for each in sizes):
        return ANY_SHAPE
    return Shape(tuple(lettered(each, letters) for each in sizes))


def lettered(size: Number, letters: dict[Number, str]) -> str:
    """Name a size by a letter, the same one each time; a number stays one."""
    if isinstance(size, int):
        return str(size)
    if not isinstance(size, Size):
        return "..."
    round_, at = divmod(len(letters), len(LETTERS))
    return letters.setdefault(size, f"{LETTERS[at]}{round_ or ''}")
