"""Other broadcasts of example inputs: sizes of 1, and dimensions fewer or more."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from layergen.gate.claim import is_floating
from layergen.gate.redraw import Shapes, redrawn, runs, shapes_of

__all__ = ["rebroadcast"]

MOST = 24  # of one forward: beyond, they repeat each other
LEAD = 2  # size of a dimension put in front
EDGE = 3  # size of all dimensions

Change = Callable[[tuple[int, ...]], tuple[int, ...]]


def rebroadcast(
    args: Sequence[Any], plain: Callable[..., Any]
) -> tuple[tuple[Any, ...], ...]:
    """Find other shapes, by broadcast and by rank, that the forward takes."""
    found: dict[Shapes, tuple[Any, ...]] = {}
    for shapes in patterns(args):
        if len(found) < MOST and shapes not in found and shapes != shapes_of(args):
            changed = redrawn(args, shapes)
            if runs(plain, changed):
                found[shapes] = changed
    return tuple(found.values())


def patterns(args: Sequence[Any]) -> Iterator[Shapes]:
    """Choose shapes: all inputs of another rank, then each input alone changed."""
    shapes = shapes_of(args)
    tensors = [at for at, shape in enumerate(shapes) if shape is not None]
    floating = [at for at in tensors if is_floating(args[at])]
    ranks = [
        with_change(shapes, positions, change)
        for positions in (tensors, *([at] for at in floating))
        for change in (grown, dropped)
    ]
    yield from ranks
    for at in floating:
        for dimension, size in enumerate(shapes[at] or ()):
            if size > 1:
                yield with_change(shapes, [at], single(dimension))
    # where all sizes are one, what sums or multiplies along another dimension runs all the same
    for each in ranks:
        yield with_change(each, tensors, square)


def with_change(shapes: Shapes, positions: Sequence[int], change: Change) -> Shapes:
    """Change the shapes at some positions."""
    return tuple(
        change(shape) if at in positions and shape is not None else shape
        for at, shape in enumerate(shapes)
    )


def grown(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Put a dimension in front."""
    return (LEAD, *shape)


def dropped(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Leave the first dimension out."""
    return shape[1:]


def square(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Give every dimension one size."""
    return (EDGE,) * len(shape)


def single(dimension: int) -> Change:
    """Make the change that gives a dimension the size 1."""
    return lambda shape: (*shape[:dimension], 1, *shape[dimension + 1 :])
