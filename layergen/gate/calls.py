"""How what was made is called: its inputs, and its scalars by name."""

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from layergen.autodiff.draw import drawn, taken
from layergen.ir.trial import Trial
from layergen.spec.inputs import Example
from layergen.spec.model import Argument, LayerSpec, LossSpec, OpSpec

__all__ = ["called", "inputs_of", "tensors_of"]


def inputs_of(
    made: OpSpec | LossSpec | LayerSpec,
    arguments: Sequence[Argument],
    trial: Trial,
    example: Example,
    reference: ModuleType,
) -> list[Any]:
    """Draw the inputs of an example, or take the user's own."""
    if made.forward.example_inputs:
        return taken(reference.example_inputs)
    return drawn(arguments, example, positive=trial.positive)


def tensors_of(made: OpSpec | LossSpec | LayerSpec) -> list[Argument]:
    """List the tensors that a call takes; a layer holds the others itself."""
    names = [each.name for each in made.forward.signature]
    return [
        each
        for each in made.arguments
        if each.type.is_tensor
        and (each.name in names or not isinstance(made, LayerSpec))
    ]


def called(
    arguments: Sequence[Argument], inputs: Sequence[Any], values: Mapping[str, Any]
) -> dict[str, Any]:
    """Put the inputs and the scalars together, by name."""
    given = iter(inputs)
    return {
        each.name: next(given) if each.type.is_tensor else values[each.name]
        for each in arguments
    }
