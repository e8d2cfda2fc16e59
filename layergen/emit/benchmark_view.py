"""The view of benchmark.py: what is timed, on tensors large enough to time."""

from layergen.emit import words
from layergen.emit.case_view import drawing
from layergen.emit.views import BenchmarkView, ContenderView
from layergen.ir.trial import Trial
from layergen.spec import inputs, sizes
from layergen.spec.calling import constructor_arguments, inputs_of
from layergen.spec.model import (
    Argument,
    ArgumentType,
    Backward,
    Case,
    LayerSpec,
    LossSpec,
    OpSpec,
    Parameter,
    Spec,
)

__all__ = ["benchmark_view"]

FACTOR = 32  # times the sizes of the tests
LEAD = (256,)  # for '...' beside other dimensions
SQUARE = (1024, 1024)  # for tensors of any shape


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
    values, shapes = large(layer.arguments, layer.cases, bound)
    told = [
        f"{each.name}={values[each.name]!r}" for each in constructor_arguments(layer)
    ]
    return BenchmarkView(
        name=layer.name,
        component=component,
        module="layer",
        names=(layer.name,),
        draw=drawing(trial).replace("dtype=torch.float64", "device=device"),
        drawn=drawn(inputs_of(layer), trial, shapes),
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
    values, shapes = large(made.arguments, made.cases, ())
    own = called(made, made.name, values)
    contenders = [ContenderView(made.name, own)]
    names: tuple[str, ...] = (made.name,)
    if spec.backward is Backward.AUTOGRAD:
        contenders.append(ContenderView("compiled", f"torch.compile({own})"))
    else:
        function = f"{spec.name}Function"
        plain = called(made, f"{function}.forward", values)
        contenders.append(ContenderView("plain autograd", plain))
        names = (function, made.name)
    return BenchmarkView(
        name=made.name,
        component=component,
        module="op" if spec.op else "loss",
        names=names,
        draw=drawing(trial).replace("dtype=torch.float64", "device=device"),
        drawn=drawn(made.arguments, trial, shapes),
        setup="",
        contenders=tuple(contenders),
    )


def called(
    made: OpSpec | LossSpec, function: str, values: dict[str, sizes.Value]
) -> str:
    """Write a function of the tensors alone, its scalars fixed."""
    tensors = [each.name for each in made.arguments if each.type.is_tensor]
    if len(tensors) == len(made.arguments):
        return function
    arguments = words.joined(
        f"{each.name}={each.name if each.type.is_tensor else repr(values[each.name])}"
        for each in made.arguments
    )
    return f"lambda {words.joined(tensors)}: {function}({arguments})"


def drawn(
    arguments: tuple[Argument, ...], trial: Trial, shapes: dict[str, tuple[int, ...]]
) -> tuple[str, ...]:
    """Write an expression for each tensor."""
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


def large(
    arguments: tuple[Argument, ...],
    cases: tuple[Case, ...],
    bound: tuple[Parameter, ...],
) -> tuple[dict[str, sizes.Value], dict[str, tuple[int, ...]]]:
    """Scale the first setting of the tests: the free sizes, not those the user's case names."""
    setting = sizes.settings(arguments, bound, cases)[0]
    named = set(dict(cases[0].values)) if cases else set[str]()
    free = set(sizes.named_sizes(arguments, bound)) - named
    values = {
        name: value * FACTOR if name in free and isinstance(value, int) else value
        for name, value in setting.values
    }
    whole = {name: value for name, value in values.items() if isinstance(value, int)}
    anything = inputs.takes_any_shape(arguments)
    shapes = sizes.tensor_shapes(arguments, whole, SQUARE if anything else LEAD)
    return values, dict(shapes)
