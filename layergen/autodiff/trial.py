"""The room's door: run every forward on example inputs before anything is written."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn

from layergen.autodiff.call import Call
from layergen.autodiff.observe import observed
from layergen.autodiff.stand_in import run_text, stand_in_class
from layergen.ir.trial import Trial, Trials
from layergen.spec.inputs import examples
from layergen.spec.model import (
    Argument,
    LayerSpec,
    LossSpec,
    OpSpec,
    Spec,
)

__all__ = ["tried"]


def tried(spec: Spec) -> Trials:
    """Run the forwards of a component.

    Raises:
        BadRequest: A forward fails on the example inputs, or gives no finite number.
        CannotDerive: A forward can't be what was asked for: no gradient reaches an input, an
            input is changed in place, or an op or loss draws random numbers.
    """
    known: dict[str, Any] = {}
    op = function_trial(spec, spec.op) if spec.op else None
    if spec.op:
        known[spec.op.name] = run_text(spec.op.forward, {})
    layers: list[Trial] = []
    for layer in spec.layers:
        made = stand_in_class(layer, known)
        layers.append(layer_trial(layer, made))
        known[layer.name] = made
    loss = function_trial(spec, spec.loss) if spec.loss else None
    named = ((each.name, trial) for each, trial in pairs(spec, op, layers, loss))
    notes = tuple(note for name, trial in named for note in notes_on(name, trial))
    return Trials(op, tuple(layers), loss, notes)


def pairs(
    spec: Spec, op: Trial | None, layers: Sequence[Trial], loss: Trial | None
) -> list[tuple[OpSpec | LayerSpec | LossSpec, Trial]]:
    """Put each trial beside what it was of."""
    found: list[tuple[OpSpec | LayerSpec | LossSpec, Trial]] = []
    if spec.op and op:
        found.append((spec.op, op))
    found += zip(spec.layers, layers, strict=True)
    if spec.loss and loss:
        found.append((spec.loss, loss))
    return found


def function_trial(spec: Spec, made: OpSpec | LossSpec) -> Trial:
    """Run an op's or a loss's forward."""
    forward = run_text(made.forward, {})

    def call(values: Mapping[str, Any]) -> Call:
        def function(*tensors: Any) -> Any:
            given = iter(tensors)
            return forward(
                **{
                    each.name: next(given) if each.type.is_tensor else values[each.name]
                    for each in made.arguments
                }
            )

        return Call(function, ())

    return observed(
        made.forward,
        made.arguments,
        examples(made.arguments, made.cases),
        call,
        returns=made.returns if isinstance(made, OpSpec) else (),
        must_be_pure=True,
    )


def layer_trial(layer: LayerSpec, made: type[nn.Module]) -> Trial:
    """Build a layer for each example, and run it."""

    def call(values: Mapping[str, Any]) -> Call:
        torch.manual_seed(0)
        module = made(**values).double()
        with torch.no_grad():
            for parameter in module.parameters():
                parameter.add_(torch.randn_like(parameter), alpha=0.1)
        return Call(module, tuple(module.named_parameters()))

    bound = (*layer.parameters, *layer.buffers)
    return observed(
        layer.forward,
        called_with(layer),
        examples(layer.arguments, layer.cases, bound),
        call,
        returns=layer.returns,
        must_be_pure=False,
    )


def called_with(layer: LayerSpec) -> tuple[Argument, ...]:
    """List the tensors that `forward` is called with."""
    names = {each.name for each in layer.forward.signature}
    return tuple(
        each for each in layer.arguments if each.type.is_tensor and each.name in names
    )


def notes_on(name: str, trial: Trial) -> list[str]:
    """Say what the generated tests leave out, and why."""
    found = []
    if not trial.vmaps:
        found.append(
            f"{name}: torch.func.vmap does not take its forward; no test of it."
        )
    if not trial.compiles:
        found.append(
            f"{name}: its forward looks at a tensor's values, so it can't be compiled "
            "whole; no test of torch.compile."
        )
    return found
