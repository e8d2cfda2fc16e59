import dataclasses
from typing import Any

import pytest

from layergen.spec import bundled, inputs, toml
from layergen.spec.model import (
    ANY_SHAPE,
    Argument,
    ArgumentType,
    Backward,
    Case,
    Forward,
    Init,
    Kind,
    Shape,
)
from tests.spec.tomls import ALL, ATTENTION, BLOCK, SWISH


def without_source(value: Any) -> Any:
    """Forget where a forward was read: it is not what was asked for."""
    if isinstance(value, tuple):
        return tuple(map(without_source, value))
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    changes = {
        field.name: without_source(getattr(value, field.name))
        for field in dataclasses.fields(value)
    }
    if isinstance(value, Forward):
        changes |= {"source": "", "first_line": 0}
    return dataclasses.replace(value, **changes)


@pytest.mark.parametrize("name", ALL)
def test_what_is_rendered_reads_as_the_same_spec(name: str) -> None:
    spec = toml.parse(ALL[name], name)
    again = toml.parse(toml.render(spec, ()), name)
    assert without_source(again) == without_source(spec)


@pytest.mark.parametrize("name", ALL)
def test_rendering_without_a_change_leaves_every_byte(name: str) -> None:
    text = ALL[name]
    assert toml.render(toml.parse(text, name), toml.written(text), text) == text


@pytest.mark.parametrize("name", bundled.example_names())
def test_bundled_examples_obey_both_laws(name: str) -> None:
    text = (bundled.examples() / name / "layergen.toml").read_text()
    spec = toml.parse(text, name)
    assert toml.render(spec, toml.written(text), text) == text
    again = toml.parse(toml.render(spec, ()), name)
    assert without_source(again) == without_source(spec)
    assert toml.example_shows(text)


def test_only_what_differs_changes() -> None:
    text = toml.render(toml.parse(SWISH, "s"), (("op.py", "sha256:2"),), SWISH)
    assert text == SWISH.replace("sha256:1", "sha256:2")
    spec = dataclasses.replace(toml.parse(SWISH, "s"), backward=Backward.AUTOGRAD)
    text = toml.render(spec, (("op.py", "sha256:1"),), SWISH)
    assert text == SWISH.replace('backward = "stub"', 'backward = "autograd"')


def test_a_new_table_stands_before_the_hashes() -> None:
    spec = toml.parse(SWISH, "s")
    assert spec.op is not None
    op = dataclasses.replace(spec.op, cases=(Case(()),), returns=(ANY_SHAPE,))
    spec = dataclasses.replace(spec, op=op)
    text = toml.render(spec, toml.written(SWISH), SWISH)
    assert text.index("[returns]") < text.index("[written]  # hashes")
    assert "# my own comment" in text
    assert "a learnable scalar" in text


def test_a_new_file_tells_what_to_do_with_it() -> None:
    text = toml.render(toml.parse(SWISH, "s"), ())
    first = "# What was asked for. Edit it and run `layergen regenerate swish`."
    assert text.splitlines()[0] == first
    assert "text = '''\ndef swish(x, beta):\n" in text
    assert 'x = { tensor = "..." }\n' in text


@pytest.mark.parametrize("inside", ["'''", '"""', "\\", "\x7f", "é"])
def test_any_text_survives(inside: str) -> None:
    function = f"def swish(x, beta):\n    # {inside}\n    return x * beta\n"
    spec = toml.parse(SWISH, "s")
    assert spec.op is not None
    forward = dataclasses.replace(spec.op.forward, text=function)
    op = dataclasses.replace(spec.op, forward=forward)
    again = toml.parse(toml.render(dataclasses.replace(spec, op=op), ()), "s")
    assert again.op is not None
    assert again.op.forward.text == function


def test_an_op_and_its_layer_share_a_forward() -> None:
    spec = toml.parse(SWISH, "s")
    assert spec.makes == (Kind.OP, Kind.LAYER)
    assert spec.op is not None
    (layer,) = spec.layers
    assert layer.calls_op
    assert layer.forward == spec.op.forward
    assert spec.op.arguments[1] == Argument(
        "beta", ArgumentType.TENSOR, shape=Shape(())
    )
    assert layer.arguments == (
        Argument("x", ArgumentType.TENSOR),
        Argument("beta", ArgumentType.FLOAT, "1.0"),
    )
    assert layer.parameters[0].init == Init("constant", ("beta",))


def test_blocks_come_first_and_get_their_own_arguments() -> None:
    half, own = toml.parse(BLOCK, "b").layers
    assert (half.name, own.name) == ("Half", "SEBlock")
    assert [each.name for each in half.arguments] == ["x", "rows", "columns"]
    assert [each.name for each in own.arguments] == ["x", "channels", "reduction"]
    assert own.cases == (Case((("channels", "4"), ("reduction", "2"))),)


def test_a_module_of_the_components_name_is_its_layer_beside_an_op() -> None:
    spec = toml.parse(ATTENTION, "a")
    assert spec.op is not None
    assert spec.op.name == "self_attention"
    assert spec.op.arguments[-1] == Argument(
        "causal", ArgumentType.BOOL, "True", keyword_only=True
    )
    assert spec.backward is Backward.DERIVED
    assert [layer.calls_op for layer in spec.layers] == [False]


def test_an_order_of_whole_numbers_that_is_not_the_usual_one_is_kept() -> None:
    text = BLOCK.replace(
        "[modules.Half.arguments]", '[modules.Half.arguments]\ncolumns = { int = "" }'
    )
    spec = toml.parse(text, "b")
    assert [each.name for each in spec.layers[0].arguments] == ["x", "columns", "rows"]
    again = toml.parse(toml.render(spec, ()), "b")
    assert again.layers[0].arguments == spec.layers[0].arguments


def test_every_spec_has_example_inputs() -> None:
    for name, text in ALL.items():
        for layer in toml.parse(text, name).layers:
            held = layer.parameters + layer.buffers
            assert inputs.examples(layer.arguments, layer.cases, held)
