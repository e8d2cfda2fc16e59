"""The files of a component's modules."""

from collections.abc import Iterator

from layergen.emit.case_view import inputs_view, outputs_view
from layergen.emit.entry import Entry, entry
from layergen.emit.layer_view import layer_view, runs_inline
from layergen.emit.op_view import forward_view
from layergen.emit.test_view import layer_test_view, owned_view
from layergen.emit.uses import uses_of
from layergen.emit.views import ForwardView, LayerModuleView, LayerView
from layergen.emit.words import docstring
from layergen.ir.trial import Trial, Trials
from layergen.spec.calling import inputs_of
from layergen.spec.model import Form, LayerSpec, Spec
from layergen.spec.names import module_name

__all__ = ["layer_entries"]


def layer_entries(spec: Spec, trials: Trials, package: str) -> Iterator[Entry]:
    """List layer.py and a test for each module in it."""
    views = layer_views(spec, trials)
    own = [each for each in spec.layers if not each.calls_op]
    texts = [text for layer in spec.layers for text in layer_texts(layer)]
    calls = [layer for layer in spec.layers if calls_op(spec, layer)]
    yield entry(
        "layer.py",
        "layer/layer.py",
        module=LayerModuleView(
            title=docstring(title(spec), indent=0),
            exports=tuple(f'"{each.name}"' for each in spec.layers),
            op=spec.op.name if spec.op and calls else "",
            layers=views,
        ),
        forwards=tuple(
            layer_forward(layer, trial)
            for layer, trial in zip(spec.layers, trials.layers, strict=True)
            if layer in own
        ),
        uses=uses_of([each.forward for each in own], texts),
    )
    for layer, view, trial in zip(spec.layers, views, trials.layers, strict=True):
        is_main = layer is spec.layers[-1]
        name = "layer" if is_main else module_name(layer.name)
        yield entry(
            f"tests/test_{name}.py",
            "tests/test_layer.py",
            test=layer_test_view(layer, view, package, trial),
            inputs=inputs_view(
                inputs_of(layer),
                trial,
                from_user=layer.forward.example_inputs,
                returns=layer.returns,
            ),
            outputs=outputs_view(trial),
            owned=owned_view(layer, view),
        )


def layer_views(spec: Spec, trials: Trials) -> tuple[LayerView, ...]:
    """Describe the modules in the order of the file, each knowing those before it."""
    found: list[LayerView] = []
    for layer, trial in zip(spec.layers, trials.layers, strict=True):
        blocks = frozenset(each.name for each in found if each.holds_tensors)
        found.append(layer_view(spec, layer, trial, blocks))
    return tuple(found)


def calls_op(spec: Spec, layer: LayerSpec) -> bool:
    """Tell whether a module's text calls the component's op."""
    return layer.calls_op or (
        spec.op is not None and f"{spec.op.name}(" in layer.forward.body
    )


def title(spec: Spec) -> str:
    """Say in a line what layer.py holds."""
    if len(spec.layers) == 1 and spec.op:
        return f"{spec.name} as a layer"
    if len(spec.layers) == 1:
        return spec.summary or f"The {spec.name} layer"
    blocks = ", ".join(each.name for each in spec.layers[:-1])
    return f"{spec.name}, and the modules it is made of: {blocks}"


def layer_texts(layer: LayerSpec) -> Iterator[str]:
    """List what of a layer stands in layer.py and may need an import."""
    if not layer.calls_op:
        yield from (layer.forward.preamble, layer.forward.body)
    yield from (each.constructor for each in layer.submodules)
    for each in (*layer.parameters, *layer.buffers):
        yield from (argument.rpartition("=")[2] for argument in each.init.arguments)
    if layer.parameters or layer.buffers or layer.submodules:
        yield "torch"  # torch.empty, and the annotations of device and dtype


def layer_forward(layer: LayerSpec, trial: Trial) -> ForwardView:
    """Describe what of a layer's forward stands at module level."""
    alone = layer.forward.form is Form.FUNCTION and not runs_inline(layer)
    return forward_view(
        layer.forward,
        layer.forward.signature,
        name=layer.forward.name,
        stands_alone=alone,
        outputs=trial.outputs,
    )
