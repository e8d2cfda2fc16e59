"""One call of a forward, and its answer: outputs and gradients."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.refusal import Reason, refused
from layergen.errors import CannotDerive

__all__ = ["Answer", "Call", "answered", "as_tuple", "is_leaf"]


@dataclass(frozen=True, slots=True)
class Call:
    """A forward with its scalars and parameters fixed: a function of its tensors.

    Attributes:
        parameters: those of a layer, by name.
    """

    function: Callable[..., Any]
    parameters: tuple[tuple[str, Tensor], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One run: the outputs, and the gradients of inputs and parameters, None where none came."""

    outputs: tuple[Tensor, ...]
    gradients: tuple[Tensor | None, ...]

    def is_finite(self) -> bool:
        """Tell whether every number is one."""
        tensors = (
            *self.outputs,
            *(each for each in self.gradients if each is not None),
        )
        return all(bool(torch.isfinite(each).all()) for each in tensors)


def answered(call: Call, inputs: Sequence[Any]) -> Answer:
    """Run a forward and differentiate the sum of its outputs."""
    outputs = as_tuple(call.function(*inputs))
    wanted = [each for each in inputs if is_leaf(each)]
    wanted += [parameter for _, parameter in call.parameters]
    reachable = [each for each in outputs if each.requires_grad]
    if not reachable or not wanted:
        return Answer(outputs, (None,) * len(wanted))
    total = torch.stack([each.sum() for each in reachable]).sum()
    gradients = torch.autograd.grad(total, wanted, allow_unused=True)
    return Answer(outputs, gradients)


def is_leaf(value: Any) -> bool:
    """Tell whether a gradient is wanted of an input."""
    return isinstance(value, Tensor) and value.requires_grad


def as_tuple(outputs: Any) -> tuple[Tensor, ...]:
    """Take a tensor or a tuple of tensors; refuse any other answer."""
    found = tuple(outputs) if isinstance(outputs, tuple | list) else (outputs,)
    if isinstance(outputs, tuple | Tensor) and all(
        isinstance(each, Tensor) for each in found
    ):
        if any(each.is_complex() for each in found):
            raise refused(Reason.OUTPUT_COMPLEX)
        return found
    kind = type(outputs).__name__
    raise CannotDerive(
        f"the forward returns a {kind}, and not a tensor or a tuple of tensors",
        instead="Return a tensor, or several in a tuple.",
        reason=Reason.OUTPUT_TYPE.spelled,
    )
