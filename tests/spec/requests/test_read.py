from pathlib import Path

import pytest

from layergen.errors import BadRequest
from layergen.spec import read
from layergen.spec.model import (
    Argument,
    ArgumentType,
    Backward,
    Kind,
    Shape,
)
from tests.spec.requests.workshop import Workshop


def names(arguments: tuple[Argument, ...]) -> list[str]:
    return [each.name for each in arguments]


def test_a_layer_is_a_linear_map(shop: Workshop) -> None:
    spec = shop.make("layer", "GatedUnit")
    (layer,) = spec.layers
    assert spec.backward is Backward.AUTOGRAD
    assert (spec.name, spec.folder) == ("GatedUnit", "gated_unit")
    assert layer.forward.name == "gated_unit"
    assert names(layer.arguments) == ["x", "in_features", "out_features"]
    assert [each.optional for each in layer.parameters] == [False, True]


def test_an_op_is_a_stub_with_a_scalar(shop: Workshop) -> None:
    spec = shop.make("op", "gated_unit")
    assert spec.op is not None
    assert spec.backward is Backward.STUB
    assert spec.op.name == spec.op.forward.name == "gated_unit"
    assert spec.op.arguments[1] == Argument("beta", ArgumentType.FLOAT, "1.0")


def test_a_loss_compares_two_tensors(shop: Workshop) -> None:
    spec = shop.make("loss", "Gap")
    assert spec.loss is not None
    assert (spec.loss.name, spec.loss.class_name) == ("gap", "Gap")
    assert names(spec.loss.arguments) == ["prediction", "target"]


def test_a_layer_with_a_stub_calls_an_op(shop: Workshop) -> None:
    spec = shop.make("layer", "GatedUnit", backward=Backward.STUB)
    assert spec.makes == (Kind.OP, Kind.LAYER)
    assert spec.layers[0].calls_op
    assert spec.op is not None
    assert spec.op.arguments[1].shape == Shape(("out_features", "in_features"))


def test_other_spellings_are_told(shop: Workshop) -> None:
    shop.make("layer", "gated_unit")
    assert shop.notes == ("gated_unit is spelled GatedUnit as a class",)
    shop.make("op", "GatedUnit")
    assert shop.notes == ("GatedUnit is spelled gated_unit as a function",)
    shop.make("loss", "focal")
    assert shop.notes == ()


def test_options_without_a_forward_are_refused(shop: Workshop) -> None:
    with pytest.raises(BadRequest, match="--param describes a forward"):
        shop.make("layer", "Gated", parameters=["w=zeros"])


@pytest.mark.parametrize("name", ["GatedUnit", "gated_unit", "Gatedunit"])
def test_finds_any_spelling(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "gated_unit"
    folder.mkdir()
    assert read.find_component(tmp_path, name) is None
    (folder / "layergen.toml").touch()
    assert read.find_component(tmp_path, name) == folder


def test_finds_nothing_in_no_folder(tmp_path: Path) -> None:
    assert read.find_component(tmp_path / "none", "X") is None
