"""A forward ready to be run on its examples."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from layergen.autodiff.call import Answer, Call, answered
from layergen.autodiff.draw import drawn, taken
from layergen.errors import BadRequest, CannotDerive, Place
from layergen.spec.inputs import Example
from layergen.spec.model import Argument, Forward

__all__ = ["Subject"]

SIZE_WORDS = ("size", "shape", "dimension", "rank")  # of torch's messages


@dataclass(frozen=True, slots=True)
class Subject:
    """A forward, and how it is called.

    Attributes:
        forward: whose text is named in errors.
        tensors: the tensor arguments of a call.
        call_of: the function at an example's values.
        own_inputs: the user's example_inputs(), where there is one.
        positive: whether inputs are drawn from (0.1, 0.9).
    """

    forward: Forward
    tensors: tuple[Argument, ...]
    call_of: Callable[[Mapping[str, Any]], Call]
    own_inputs: Callable[[], Any] | None = None
    positive: bool = False

    @property
    def place(self) -> Place:
        """Where the forward begins in the user's text."""
        if self.forward.source == "--forward":
            return Place("--forward", text=self.forward.expression)
        return Place(self.forward.source, self.forward.first_line or None)

    def call(self, example: Example) -> Call:
        """Fix the scalars and parameters of an example."""
        return self.call_of(dict(example.values))

    def inputs(self, example: Example) -> list[Any]:
        """Draw the tensors of an example."""
        if self.own_inputs is None:
            return drawn(self.tensors, example, positive=self.positive)
        given = taken(self.own_inputs)
        if len(given) != len(self.tensors):
            names = ", ".join(each.name for each in self.tensors)
            raise BadRequest(
                f"example_inputs() returns {len(given)} tensors",
                place=self.place,
                instead=f"It should return one for each of {names}, in this order.",
            )
        return given

    def answer(self, example: Example) -> Answer:
        """Run an example."""
        return answered(self.call(example), self.inputs(example))

    def answer_or_why(self, example: Example) -> Answer:
        """Run an example that must run; say what it was where it fails."""
        try:
            return self.answer(example)
        except CannotDerive as error:
            error.place = error.place or self.place
            raise
        except BadRequest:
            raise
        except Exception as error:
            raise self.failure(example, error) from error

    def failure(self, example: Example, error: Exception) -> BadRequest:
        """Word the failure of an example."""
        told = [f"{name} {shape}" for name, shape in example.shapes]
        told += [f"{name}={value!r}" for name, value in example.values]
        reason = next(iter(str(error).strip().splitlines()), "")
        name = self.tensors[0].name if self.tensors else "x"
        instead = (
            f"They were {', '.join(told)}. If these sizes can't be, say which can: "
            f"--shape {name}=..."
        )
        if not any(word in str(error) for word in SIZE_WORDS):
            instead = f"They were {', '.join(told)}."
        if self.own_inputs is not None:
            instead = "They came from the example_inputs() beside it."
        return BadRequest(
            f"{self.forward.name} fails on example inputs: "
            f"{type(error).__name__}: {reason}",
            place=self.place,
            instead=instead,
        )
