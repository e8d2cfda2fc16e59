import pytest

from layergen.errors import BadRequest
from layergen.spec.model import (
    Backward,
    Kind,
)
from tests.spec.requests.workshop import Workshop


def test_takes_all_that_an_example_makes(shop: Workshop) -> None:
    spec = shop.make("layer", "MyNorm", like="layer_norm")
    assert spec.makes == (Kind.OP, Kind.LAYER)
    assert spec.op is not None
    assert spec.op.forward.name == "my_norm"
    assert spec.layers[-1].name == "MyNorm"


def test_an_op_takes_only_the_op(shop: Workshop) -> None:
    assert shop.make("op", "my_norm", like="layer_norm").makes == (Kind.OP,)


def test_a_call_of_the_op_is_renamed_and_blocks_are_kept(shop: Workshop) -> None:
    attention = shop.make("layer", "Looking", like="self_attention").layers[-1]
    assert attention.name == "Looking"
    assert "looking(" in attention.forward.text
    unet = shop.make("layer", "MyNet", like="unet")
    assert [each.name for each in unet.layers[:-1]] == [
        "ConvBlock",
        "DownBlock",
        "UpBlock",
    ]


@pytest.mark.parametrize(
    ("kind", "name", "like", "said"),
    [
        ("layer", "Mine", "layer_nrom", "Did you mean 'layer_norm'"),
        ("op", "mine", "unet", "Use layergen new-layer"),
        ("layer", "ConvBlock", "unet", "block of the name 'ConvBlock'"),
        ("layer", "Heads", "self_attention", "is a variable"),
    ],
)
def test_refuses(shop: Workshop, kind: str, name: str, like: str, said: str) -> None:
    with pytest.raises(BadRequest) as caught:
        shop.make(kind, name, like=like)
    assert said in str(caught.value)


def test_only_the_backward_may_change(shop: Workshop) -> None:
    spec = shop.make("op", "mine", like="relu", backward=Backward.AUTOGRAD)
    assert spec.backward is Backward.AUTOGRAD
    with pytest.raises(BadRequest, match="can't change the example"):
        shop.make("layer", "Mine", like="relu", arguments=["x:tensor"])
