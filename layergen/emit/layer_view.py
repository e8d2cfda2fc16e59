"""The views of layer.py."""

import re
from collections.abc import Mapping

from layergen.emit import words
from layergen.emit.placement import placed
from layergen.emit.views import (
    ArgumentView,
    LayerView,
    ParameterView,
    ResetView,
    SettingView,
    SubmoduleView,
    TensorView,
)
from layergen.ir.trial import Trial
from layergen.spec.calling import constructor_arguments, inputs_of
from layergen.spec.forward import inlined
from layergen.spec.model import (
    Argument,
    ArgumentType,
    Form,
    LayerSpec,
    Parameter,
    Shape,
    Spec,
)

__all__ = [
    "layer_view",
    "runs_inline",
    "supplied_call",
]


PLACEMENT = "device: torch.device | str | None = None, dtype: torch.dtype | None = None"


def layer_view(
    spec: Spec, layer: LayerSpec, trial: Trial, blocks: frozenset[str]
) -> LayerView:
    """Describe one module; `blocks` are the component's other modules that hold tensors."""
    constructor = constructor_arguments(layer)
    submodules = tuple(
        SubmoduleView(each.name, placed(each.constructor, blocks))
        for each in layer.submodules
    )
    factories = any("**factory_kwargs" in each.constructor for each in submodules)
    own = bool(layer.parameters or layer.buffers)
    arguments = tuple(
        ArgumentView(
            each.name, setting_doc(each, layer, trial.returns), words.declaration(each)
        )
        for each in constructor
    )
    return LayerView(
        name=layer.name,
        summary=words.docstring(summary(spec, layer)),
        arguments=arguments,
        tensors=tensor_views(layer, trial),
        constructor=constructor_text(constructor, own or factories),
        has_constructor=bool(arguments or submodules or own),
        holds_tensors=own or factories,
        submodules_hold_tensors=factories,
        settings=settings(layer, trial),
        submodules=submodules,
        parameters=tuple(map(parameter_view, layer.parameters)),
        buffers=tuple(map(parameter_view, layer.buffers)),
        resets=resets(layer, settings(layer, trial)),
        signature=words.signature(inputs_of(layer)),
        returns=words.returned(trial.outputs),
        body=body(spec, layer),
        extra_repr=extra_repr(layer),
    )


def summary(spec: Spec, layer: LayerSpec) -> str:
    """Say in a line what the module does."""
    own = layer.name == spec.name
    told = layer.forward.summary or (spec.summary if own else "")
    if told:
        return told
    expression = layer.forward.expression
    if expression and "\n" not in expression and "self." not in expression:
        return f"Compute {expression}"
    return f"The {layer.name} module"


def constructor_text(arguments: tuple[Argument, ...], places: bool) -> str:
    """Spell the constructor's signature; `places` adds device and dtype."""
    told = ["self", words.signature(arguments)] if arguments else ["self"]
    has_star = any(each.keyword_only for each in arguments)
    if places:
        told += ([] if has_star else ["*"]) + [PLACEMENT]
    return words.joined(told)


def settings(layer: LayerSpec, trial: Trial) -> tuple[SettingView, ...]:
    """List the constructor arguments that the module keeps."""
    optional = {each.name for each in layer.parameters if each.optional}
    return tuple(
        SettingView(
            each.name,
            attribute(each.name, layer),
            setting_doc(each, layer, trial.returns),
        )
        for each in constructor_arguments(layer)
        if each.name not in optional
    )


def attribute(name: str, layer: LayerSpec) -> str:
    """Name the attribute of a constructor argument, beside a parameter of the same name."""
    taken = {each.name for each in (*layer.parameters, *layer.buffers)}
    return f"initial_{name}" if name in taken else name


def setting_doc(
    argument: Argument, layer: LayerSpec, returns: tuple[Shape, ...]
) -> str:
    """Describe a constructor argument in a line of its docstring."""
    if any(each.name == argument.name and each.optional for each in layer.parameters):
        return f"whether there is a {argument.name}; without it, that is None."
    if attribute(argument.name, layer) != argument.name:
        return f"first value of the parameter {argument.name}."
    shapes = [(each.name, each.shape) for each in inputs_of(layer)]
    shapes += [("the output", shape) for shape in returns]
    uses = [
        name
        for name, shape in shapes
        if any(argument.name in dim.split("*") for dim in shape.dims)
    ]
    if uses:
        owners = [f"{name}'s" for name in uses]
        return f"size of {' and '.join(owners)} dimension {argument.name}."
    kinds = {
        ArgumentType.INT: "a whole number.",
        ArgumentType.FLOAT: "a number.",
        ArgumentType.BOOL: "True or False.",
        ArgumentType.STR: "a word.",
    }
    return kinds.get(argument.type, "a tensor.")


def tensor_views(layer: LayerSpec, trial: Trial) -> tuple[TensorView, ...]:
    """List the lines of the docstring's Shape section."""
    lines = [
        TensorView(each.name, words.shape_doc(each.shape))
        for each in inputs_of(layer)
        if each.type.is_tensor
    ]
    if trial.returns:
        shapes = ", ".join(words.shape_doc(shape) for shape in trial.returns)
    else:
        shapes = "as the forward computes it"
    return (*lines, TensorView("output", shapes))


def parameter_view(parameter: Parameter) -> ParameterView:
    """Describe a parameter or buffer as the constructor makes it."""
    dims = ", ".join(dim.replace("*", " * ") for dim in parameter.shape.dims)
    return ParameterView(parameter.name, dims or "()", parameter.optional)


def resets(
    layer: LayerSpec, settings: tuple[SettingView, ...]
) -> tuple[ResetView, ...]:
    """List the lines of reset_parameters."""
    kept = {each.name: f"self.{each.attribute}" for each in settings}
    found = []
    for each in (*layer.parameters, *layer.buffers):
        arguments = [replaced(text, kept) for text in each.init.arguments]
        call = words.joined([f"self.{each.name}", *arguments])
        function = f"nn.init.{each.init.function}_"
        found.append(ResetView(each.name, f"{function}({call})", each.optional))
    return tuple(found)


def replaced(argument: str, names: Mapping[str, str]) -> str:
    """Replace names in an argument of a call, a keyword's own name apart."""
    keyword = re.match(r"\s*\w+\s*=(?!=)\s*", argument)
    head = keyword.group() if keyword else ""
    return head + inlined(argument[len(head) :], names)


def body(spec: Spec, layer: LayerSpec) -> str:
    """Write the statements of `forward`."""
    if layer.forward.form is Form.METHOD:
        return layer.forward.body.strip("\n")
    if runs_inline(layer):
        assert layer.forward.expression is not None
        inputs = {each.name for each in inputs_of(layer)}
        names = {
            each.name: f"self.{each.name}"
            for each in layer.forward.signature
            if each.name not in inputs
        }
        return f"return {inlined(layer.forward.expression, names)}"
    function = spec.op.name if layer.calls_op and spec.op else layer.forward.name
    return f"return {supplied_call(layer, function, 'self')}"


def runs_inline(layer: LayerSpec) -> bool:
    """Tell whether the forward is one expression that stands in the module itself."""
    return (
        layer.forward.form is Form.FUNCTION
        and not layer.calls_op
        and layer.forward.expression is not None
        and "\n" not in layer.forward.expression
    )


def supplied_call(layer: LayerSpec, function: str, owner: str) -> str:
    """Call the forward: inputs by name, what the module holds from `owner`."""
    inputs = {each.name for each in inputs_of(layer)}
    values = []
    for each in layer.forward.signature:
        value = each.name if each.name in inputs else f"{owner}.{each.name}"
        values.append(f"{each.name}={value}" if each.keyword_only else value)
    return f"{function}({words.joined(values)})"


def extra_repr(layer: LayerSpec) -> tuple[str, ...]:
    """Write the f-strings that describe the constructor's arguments."""
    optional = {each.name for each in layer.parameters if each.optional}
    shown = []
    for each in constructor_arguments(layer):
        value = attribute(each.name, layer)
        if each.name in optional:
            value = f"{each.name} is not None"
        shown.append(
            f"{each.name}={{self.{value}{'!r' * (each.type is ArgumentType.STR)}}}"
        )
    return words.lines_of(shown)
