"""The room's door for finished files: run them against the user's own text."""

import copy
import importlib
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import torch

from layergen.autodiff.draw import taken
from layergen.autodiff.refusal import Reason, refused
from layergen.emit.source import SourceFile
from layergen.errors import CannotDerive
from layergen.gate.calls import called, inputs_of, tensors_of
from layergen.gate.claim import Change, Claim, Sample
from layergen.gate.conditions import other_values_may_raise, samples_under
from layergen.gate.derivation import verify
from layergen.gate.in_memory import imported
from layergen.gate.samples import change_in, samples_from, samples_of
from layergen.ir.trial import Trial, Trials
from layergen.spec.model import Form, LayerSpec, LossSpec, OpSpec, Spec

__all__ = ["check"]


def check(spec: Spec, trials: Trials, files: Sequence[SourceFile]) -> tuple[str, ...]:
    """Compare every function and layer with its reference, values and gradients.

    Returns:
        What the user should know of a derived backward: where its forward has no answer to
        compare with.

    Raises:
        CannotDerive: They differ.
    """
    notes: tuple[str, ...] = ()
    with imported(files) as package:
        reference = importlib.import_module(f"{package}.tests.reference")
        for made, trial in ((spec.op, trials.op), (spec.loss, trials.loss)):
            if made and trial:
                home = "op" if isinstance(made, OpSpec) else "loss"
                module = importlib.import_module(f"{package}.{home}")
                check_function(made, trial, module, reference)
                if trial.derived:
                    notes += check_derivation(made, trial, module, reference)
        if spec.layers:
            module = importlib.import_module(f"{package}.layer")
            for layer, trial in zip(spec.layers, trials.layers, strict=True):
                check_layer(layer, trial, module, reference)
    return notes


def check_function(
    made: OpSpec | LossSpec, trial: Trial, module: ModuleType, reference: ModuleType
) -> None:
    """Compare an op, or a loss before it is reduced."""
    function = getattr(module, made.name)
    plain = getattr(reference, made.forward.name)
    unreduced = isinstance(made, LossSpec) and not trial.scalar
    for example in trial.examples:
        inputs = inputs_of(made, made.arguments, trial, example, reference)
        values = called(made.arguments, inputs, dict(example.values))
        own = values | {"reduction": "none"} if unreduced else values
        want = answers(lambda: plain(**values), inputs)  # noqa: B023 - called at once
        try:
            got = answers(lambda: function(**own), inputs)  # noqa: B023
            compare(made.name, got, want, example.id)
        except Exception as error:
            if not trial.derived:
                raise
            told = f"{made.name} on the example {example.id}"
            if change_in(example) is Change.BROADCAST:
                raise refused(Reason.FAILED_BROADCAST, detail=told) from error
            told = f"{told}: {type(error).__name__}: {error}"
            raise refused(Reason.FAILED_SIZES, detail=told) from error


def check_derivation(
    made: OpSpec | LossSpec,
    trial: Trial,
    module: ModuleType,
    reference: ModuleType,
) -> tuple[str, ...]:
    """Try a derived Function in every way."""
    function = getattr(module, made.name)
    names = tuple(each.name for each in made.arguments)
    plain = getattr(reference, made.forward.name)
    reduced = isinstance(made, LossSpec) and not trial.scalar
    more = {"reduction": "none"} if reduced else {}

    def derived(*args: Any) -> Any:
        return function(**dict(zip(names, args, strict=True)), **more)

    def by_position(*args: Any) -> Any:
        return plain(**dict(zip(names, args, strict=True)))

    samples, refused = samples_under(
        [condition for each in trial.derived for condition in each.conditions],
        names,
        by_position,
        lambda forward: samples_for(made, trial, reference, forward),
    )
    return verify(
        Claim(
            made.name,
            derived,
            by_position,
            tuple(other_values_may_raise(trial.only, names, each) for each in samples),
            names,
            tuple(at for at, name in enumerate(names) if name in trial.differentiable),
            twice=trial.gradgradchecks,
            refused=refused,
        )
    )


def samples_for(
    made: OpSpec | LossSpec,
    trial: Trial,
    reference: ModuleType,
    plain: Callable[..., Any],
) -> tuple[Sample, ...]:
    """Choose the samples: from the declared shapes, or from the user's own inputs."""
    if not made.forward.example_inputs:
        return samples_of(made.arguments, trial, plain)
    inputs = taken(reference.example_inputs)
    given = called(made.arguments, inputs, dict(trial.examples[0].values))
    return samples_from(tuple(given.values()), plain, tuple(given))


def check_layer(
    layer: LayerSpec, trial: Trial, module: ModuleType, reference: ModuleType
) -> None:
    """Compare a layer with its forward on the layer's own parameters."""
    made = getattr(module, layer.name)
    for example in trial.examples:
        torch.manual_seed(0)
        built = made(**dict(example.values)).double()
        inputs = inputs_of(layer, tensors_of(layer), trial, example, reference)
        twin = copy.deepcopy(built)  # a forward may change buffers
        parameters = tuple(built.parameters())
        got = answers(lambda: built(*inputs), (*inputs, *parameters))  # noqa: B023
        plain = plain_forward(layer, twin, reference)
        others = (*inputs, *twin.parameters())
        want = answers(lambda: plain(*inputs), others)  # noqa: B023
        compare(layer.name, got, want, example.id)


def plain_forward(layer: LayerSpec, built: Any, reference: ModuleType) -> Any:
    """Take the user's forward on what the layer holds."""
    if layer.forward.form is Form.METHOD:
        method = getattr(getattr(reference, layer.name), layer.forward.name)
        return lambda *inputs: method(built, *inputs)
    function = getattr(reference, layer.forward.name)
    tensors = {each.name for each in layer.arguments if each.type.is_tensor}

    def plain(*inputs: Any) -> Any:
        given = iter(inputs)
        return function(
            **{
                each.name: (
                    next(given) if each.name in tensors else getattr(built, each.name)
                )
                for each in layer.forward.signature
            }
        )

    return plain


def answers(function: Any, leaves: Sequence[Any]) -> list[torch.Tensor]:
    """Call, and differentiate the outputs' sum."""
    torch.manual_seed(0)
    outputs = function()
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    wanted = [
        each for each in leaves if isinstance(each, torch.Tensor) and each.requires_grad
    ]
    total = sum(each.sum() for each in outputs if each.requires_grad)
    gradients = torch.autograd.grad(total, wanted, materialize_grads=True)
    return [*(each.detach() for each in outputs), *gradients]


def compare(
    name: str,
    got: Sequence[torch.Tensor],
    want: Sequence[torch.Tensor],
    example: str,
) -> None:
    """Refuse a difference."""
    for mine, theirs in zip(got, want, strict=True):
        if torch.allclose(mine, theirs, rtol=1e-7, atol=1e-9, equal_nan=True):
            continue
        raise CannotDerive(
            f"what was made of {name} is not its forward: values or gradients differ on "
            f"the example {example}",
            instead="A forward must give the same answer each time. If it does, please report it.",
        )
