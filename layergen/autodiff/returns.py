"""The shapes that come out: held against what was declared, or named by their sizes."""

from collections.abc import Sequence

from layergen.autodiff.call import CallOf, as_tuple
from layergen.autodiff.draw import drawn
from layergen.errors import BadRequest, Place
from layergen.spec.inputs import Example
from layergen.spec.matching import Sizes, filled, sizes_of
from layergen.spec.model import Argument, Shape

__all__ = ["check_returns", "inferred"]


def check_returns(
    tensors: Sequence[Argument],
    kept: Sequence[Example],
    call_of: CallOf,
    returns: tuple[Shape, ...],
    positive: bool,
    place: Place,
) -> None:
    """Refuse declared shapes that are not what comes out."""
    if not returns:
        return
    for example in kept:
        known = sizes_of(tensors, example)
        outputs = shapes_out(tensors, example, call_of, positive)
        expected = [filled(shape, known) for shape in returns]
        if outputs != expected:
            told = ", ".join(f"{name} {shape}" for name, shape in example.shapes)
            raise BadRequest(
                f"the forward returns {outputs} of {told}, and [returns] says {expected}",
                place=place,
                instead="Mend the forward, or the shapes under [returns].",
            )


def inferred(
    tensors: Sequence[Argument],
    kept: Sequence[Example],
    call_of: CallOf,
    positive: bool,
) -> tuple[Shape, ...]:
    """Name the dimensions of what comes out, where one naming fits every example."""
    observed_ = [
        (sizes_of(tensors, each), shapes_out(tensors, each, call_of, positive))
        for each in kept
    ]
    known, shapes = observed_[0]
    guesses = tuple(guessed(shape, known) for shape in shapes)
    found = tuple(each for each in guesses if each is not None)
    fits = len(found) == len(shapes) and all(
        [filled(shape, sizes) for shape in found] == out for sizes, out in observed_
    )
    return found if fits else ()


def shapes_out(
    tensors: Sequence[Argument],
    example: Example,
    call_of: CallOf,
    positive: bool,
) -> list[tuple[int, ...]]:
    """List the shapes that come out of an example."""
    inputs = drawn(tensors, example, positive=positive)
    outputs = as_tuple(call_of(dict(example.values)).function(*inputs))
    return [tuple(each.shape) for each in outputs]


def guessed(shape: tuple[int, ...], known: Sizes) -> Shape | None:
    """Name the dimensions of one shape by the sizes that they have."""
    sizes, lead = known
    dims: list[str] = []
    if lead and shape[: len(lead)] == lead:
        dims, shape = ["..."], shape[len(lead) :]
    for size in shape:
        names = [name for name, value in sizes.items() if value == size]
        if len(names) != 1:
            return None
        dims.append(names[0])
    return Shape(tuple(dims))
