"""The room's door: run every forward on example inputs before anything is written."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import nn

from layergen.autodiff.call import Call
from layergen.autodiff.effects import DTYPES, check_vjp
from layergen.autodiff.observe import observed
from layergen.autodiff.purity import check_read_again
from layergen.autodiff.stand_in import own_inputs, run_text, stand_in_class
from layergen.autodiff.subject import Subject
from layergen.ir.trial import Trial, Trials
from layergen.spec.calling import inputs_of
from layergen.spec.inputs import Example, examples
from layergen.spec.model import (
    Backward,
    Forward,
    Kind,
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
        layers.append(layer_trial(layer, made, known))
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
    call, again = calls_of(made), calls_of(made)
    tensors = tuple(each for each in made.arguments if each.type.is_tensor)
    subject = Subject(made.forward, tensors, call, own_inputs(made.forward, {}))
    found = observed(
        subject,
        tried_on(made.forward, examples(made.arguments, made.cases)),
        returns=made.returns if isinstance(made, OpSpec) else (),
        made=Kind.OP if isinstance(made, OpSpec) else Kind.LOSS,
    )
    first = found.examples[0]
    inputs, values = subject.inputs(first), dict(first.values)
    if (
        spec.backward is not Backward.DERIVED
    ):  # which refuses what a file holds by its line
        functions = call(values).function, again(values).function
        check_read_again(*functions, inputs, subject.place)
    if spec.backward is Backward.STUB:
        check_vjp(subject, first)
    return found


def calls_of(made: OpSpec | LossSpec) -> Callable[[Mapping[str, Any]], Call]:
    """Read a forward's text, and make it a function of its tensors."""
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

    return call


def layer_trial(
    layer: LayerSpec, made: type[nn.Module], known: Mapping[str, Any]
) -> Trial:
    """Build a layer for each example, and run it."""

    def call(values: Mapping[str, Any]) -> Call:
        torch.manual_seed(0)
        module = made(**values).double()
        with torch.no_grad():
            for parameter in module.parameters():
                parameter.add_(torch.randn_like(parameter), alpha=0.1)
        return Call(module, tuple(module.named_parameters()))

    bound = (*layer.parameters, *layer.buffers)
    tensors = tuple(each for each in inputs_of(layer) if each.type.is_tensor)
    return observed(
        Subject(layer.forward, tensors, call, own_inputs(layer.forward, known)),
        tried_on(layer.forward, examples(layer.arguments, layer.cases, bound)),
        returns=layer.returns,
        made=Kind.LAYER,
    )


def tried_on(forward: Forward, chosen: tuple[Example, ...]) -> tuple[Example, ...]:
    """Run one example only where the user gave the inputs: nobody knows other sizes."""
    return chosen[:1] if forward.example_inputs else chosen


def notes_on(name: str, trial: Trial) -> list[str]:
    """Say what the generated tests leave out, and why."""
    found = []
    missing = [each for each in DTYPES if each not in trial.dtypes]
    if missing:
        found.append(
            f"{name}: its forward does not run in {' and '.join(missing)}; no test of that."
        )
    if trial.single:
        found.append(f"{name}: it computes in single precision; gradcheck is coarse.")
    if not trial.gradchecks:
        found.append(
            f"{name}: its gradient is not its derivative (it stops or replaces one), so "
            "there is no gradcheck; it is compared with autograd of the forward."
        )
    elif not trial.gradgradchecks:
        found.append(f"{name}: torch has no second derivative of it; no gradgradcheck.")
    if not trial.vmaps:
        found.append(
            f"{name}: torch.func.vmap does not take its forward; no test of it."
        )
    if not trial.compiles:
        found.append(
            f"{name}: its forward can't be compiled whole: it looks at a "
            "tensor's values or leaves torch; no test of it."
        )
    return found
