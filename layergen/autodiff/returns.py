"""The shapes that come out: held against what was declared, or named by their sizes."""

from collections.abc import Sequence

from layergen.autodiff.subject import Subject
from layergen.errors import BadRequest
from layergen.spec.inputs import Example
from layergen.spec.matching import Sizes, filled, sizes_of
from layergen.spec.model import Shape

__all__ = ["check_returns", "inferred"]


def check_returns(
    subject: Subject, kept: Sequence[Example], returns: tuple[Shape, ...]
) -> None:
    """Refuse declared shapes that are not what comes out."""
    for example in kept if returns else ():
        known = sizes_of(subject.tensors, example)
        outputs = shapes_out(subject, example)
        expected = [filled(shape, known) for shape in returns]
        if outputs != expected:
            told = ", ".join(f"{name} {shape}" for name, shape in example.shapes)
            raise BadRequest(
                f"the forward returns {outputs} of {told}, and [returns] says {expected}",
                place=subject.place,
                instead="Mend the forward, or the shapes under [returns].",
            )


def shapes_out(subject: Subject, example: Example) -> list[tuple[int, ...]]:
    """List the shapes that come out of an example."""
    return [tuple(each.shape) for each in subject.answer(example).outputs]


def inferred(subject: Subject, kept: Sequence[Example]) -> tuple[Shape, ...]:
    """Name the dimensions of what comes out, where one naming fits every example."""
    if subject.own_inputs is not None:
        return ()
    seen = [
        (sizes_of(subject.tensors, each), shapes_out(subject, each)) for each in kept
    ]
    known, shapes = seen[0]
    guesses = tuple(guessed(shape, known) for shape in shapes)
    found = tuple(each for each in guesses if each is not None)
    fits = len(found) == len(shapes) and all(
        [filled(shape, sizes) for shape in found] == out for sizes, out in seen
    )
    return found if fits else ()


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
