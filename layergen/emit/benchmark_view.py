"""The view of benchmark.py: what is timed, on tensors large enough to time."""

from layergen.emit import words
from layergen.emit.case_view import drawing
from layergen.emit.picked import picked
from layergen.emit.views import BenchmarkView, ContenderView
from layergen.ir.trial import Trial
from layergen.spec.calling import constructor_arguments, inputs_of
from layergen.spec.enlarged import enlarged
from layergen.spec.inputs import Example
from layergen.spec.model import (
    Argument,
    ArgumentType,
    Backward,
    LayerSpec,
    LossSpec,
    OpSpec,
    Spec,
)

__all__ = ["benchmark_view"]


def benchmark_view(spec: Spec, trial: Trial, component: str) -> BenchmarkView:
    """Choose what to compare: a Function with its plain forward, anything else compiled."""
    if spec.layers and not (spec.op and spec.backward is not Backward.AUTOGRAD):
        return of_layer(spec.layers[-1], trial, component)
    made = spec.op or spec.loss
    assert made is not None
    return of_function(spec, made, trial, component)


def of_layer(layer: LayerSpec, trial: Trial, component: str) -> BenchmarkView:
    """Compare a layer with itself compiled."""
    bound = (*layer.parameters, *layer.buffers)
    sizes = enlarged(layer.arguments, layer.cases, bound)
    values = dict(sizes.values)
    told = [
        f"{each.name}={values[each.name]!r}" for each in constructor_arguments(layer)
    ]
    return BenchmarkView(
        name=layer.name,
        component=component,
        module="layer",
        names=(layer.name,),
        draw=drawing(trial).replace("dtype=torch.float64", "device=device"),
        drawn=drawn(inputs_of(layer), trial, sizes),
        setup=f"layer = {layer.name}({words.joined(told)}).to(device, dtype)",
        contenders=(
            ContenderView("eager", "layer"),
            ContenderView("compiled", "torch.compile(layer)"),
        ),
    )


def of_function(
    spec: Spec, made: OpSpec | LossSpec, trial: Trial, component: str
) -> BenchmarkView:
    """Compare a function with plain autograd of its forward, or with itself compiled."""
    sizes = enlarged(made.arguments, made.cases)
    own = called(made, made.name, sizes)
    contenders = [ContenderView(made.name, own)]
    names: tuple[str, ...] = (made.name,)
    if spec.backward is Backward.AUTOGRAD:
        contenders.append(ContenderView("compiled", f"torch.compile({own})"))
    else:
        function = f"{spec.name}Function"
        plain = called(made, f"{function}.forward", sizes, picked(trial))
        contenders.append(ContenderView("plain autograd", plain))
        names = (function, made.name)
    return BenchmarkView(
        name=made.name,
        component=component,
        module="op" if spec.op else "loss",
        names=names,
        draw=drawing(trial).replace("dtype=torch.float64", "device=device"),
        drawn=drawn(made.arguments, trial, sizes),
        setup="",
        contenders=tuple(contenders),
    )


def called(
    made: OpSpec | LossSpec, function: str, sizes: Example, picked: str = ""
) -> str:
    """Write a function of the tensors alone, its scalars fixed.

    Args:
        made: what is called.
        function: its name.
        sizes: the values of its scalars.
        picked: what takes the outputs out of all that it returns.
    """
    values = dict(sizes.values)
    tensors = [each.name for each in made.arguments if each.type.is_tensor]
    if len(tensors) == len(made.arguments) and not picked:
        return function
    arguments = words.joined(
        f"{each.name}={each.name if each.type.is_tensor else repr(values[each.name])}"
        for each in made.arguments
    )
    return f"lambda {words.joined(tensors)}: {function}({arguments}){picked}"


def drawn(
    arguments: tuple[Argument, ...], trial: Trial, sizes: Example
) -> tuple[str, ...]:
    """Write an expression for each tensor."""
    shapes = dict(sizes.shapes)
    found = []
    for each in arguments:
        if not each.type.is_tensor:
            continue
        if each.type is ArgumentType.INDEX:
            found.append(
                f"torch.randint(2, {shapes[each.name]}, generator=generator, device=device)"
            )
        else:
            kept = "" if each.name in trial.differentiable else ".detach()"
            found.append(f"draw({shapes[each.name]}){kept}")
    return tuple(found)
