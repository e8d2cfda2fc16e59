import pytest

from layergen.errors import BadRequest
from layergen.spec import toml
from layergen.spec.model import (
    Backward,
    Kind,
)
from tests.spec.requests.workshop import SWISH, Workshop


def test_a_layer_calls_the_op_that_is_there(shop: Workshop) -> None:
    op = shop.make("op", "swish", forward=SWISH)
    spec = shop.make("layer", "Swish", on=op, parameters=["beta=1.0"])
    assert spec.makes == (Kind.OP, Kind.LAYER)
    assert spec.layers[0].calls_op
    assert spec.backward is Backward.DERIVED


def test_an_op_takes_over_the_layers_forward(shop: Workshop) -> None:
    layer = shop.make("layer", "Swish", forward=SWISH, parameters=["beta=1.0"])
    spec = shop.make("op", "swish", on=layer)
    both = shop.make(
        "layer",
        "Swish",
        on=shop.make("op", "swish", forward=SWISH),
        parameters=["beta=1.0"],
    )
    assert toml.contents(spec) == toml.contents(both)


def test_the_same_forward_may_be_given_again(shop: Workshop) -> None:
    op = shop.make("op", "swish", forward=SWISH)
    spec = shop.make("layer", "Swish", on=op, forward=SWISH, parameters=["beta=1.0"])
    assert spec.layers[0].calls_op


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"forward": "x * tanh(beta * x)"}, "is not the one in"),
        ({"parameters": ["beta=1.0"]}, "no gradient would reach it"),
        ({"arguments": ["beta:int"]}, "contradicts what is there: beta:float=1.0"),
        ({"arguments": ["beta:float=2.0"]}, "contradicts what is there"),
        ({"shapes": ["x=a"]}, "--shape x contradicts"),
        ({"backward": Backward.AUTOGRAD}, "contradicts the op"),
        ({"like": "relu"}, "starts a component"),
    ],
)
def test_contradictions_are_refused(
    shop: Workshop, options: dict[str, list[str]], said: str
) -> None:
    op = shop.make(
        "op",
        "swish",
        forward=SWISH,
        arguments=["beta:float=1.0"],
        shapes=["x=batch,features"],
    )
    with pytest.raises(BadRequest) as caught:
        shop.make("layer", "Swish", on=op, **options)  # type: ignore[arg-type]
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (("layer", "GatedUnit"), ("layer", "Gatedunit"), "another spelling"),
        (("op", "gated_unit"), ("op", "gatedunit"), "another spelling"),
        (("op", "gatedunit"), ("layer", "GatedUnit"), "another spelling"),
        (("op", "gated"), ("loss", "Gated"), "export the same name"),
        (("loss", "Gated"), ("layer", "Gated"), "export the same name"),
    ],
)
def test_what_can_not_share_a_folder_is_refused(
    shop: Workshop, first: tuple[str, str], second: tuple[str, str], said: str
) -> None:
    there = shop.make(*first)
    with pytest.raises(BadRequest, match=said):
        shop.make(*second, on=there)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("layer", {}),
        ("op", {}),
        ("loss", {}),
        ("layer", {"backward": Backward.STUB}),
        ("layer", {"like": "relu"}),
        ("layer", {"forward": SWISH, "parameters": ["beta=1.0"]}),
        (
            "layer",
            {
                "forward": SWISH,
                "parameters": ["beta=1.0"],
                "backward": Backward.STUB,
                "cases": ["beta=2.0"],
                "shapes": ["x=width"],
            },
        ),
        ("op", {"forward": SWISH, "arguments": ["beta:float=1.0"]}),
    ],
)
def test_the_same_again_is_the_same(
    shop: Workshop, kind: str, options: dict[str, list[str]]
) -> None:
    first = shop.make(kind, "Swish", **options)  # type: ignore[arg-type]
    again = shop.make(kind, "Swish", on=first, **options)  # type: ignore[arg-type]
    assert toml.contents(again) == toml.contents(first)


def test_another_request_for_what_is_there_is_refused(shop: Workshop) -> None:
    op = shop.make("op", "swish", forward=SWISH)
    both = shop.make("layer", "Swish", on=op, parameters=["beta=1.0"])
    for options in (
        {"parameters": ["beta=2.0"]},
        {"forward": "x * 2"},
        {"backward": Backward.AUTOGRAD},
    ):
        with pytest.raises(BadRequest) as caught:
            shop.make("layer", "Swish", on=both, **options)  # type: ignore[arg-type]
        assert "swish" in str(caught.value)


def test_cases_that_are_there_may_be_given_again(shop: Workshop) -> None:
    op = shop.make("op", "scaled", forward="x * 2", shapes=["x=a"], cases=["a=4"])
    both = shop.make("layer", "Scaled", on=op, cases=["a=5"])
    assert len(both.layers[0].cases) == 2
    again = shop.make("layer", "Scaled", on=both, cases=["a=5"])
    assert toml.contents(again) == toml.contents(both)
    with pytest.raises(BadRequest, match="has another"):
        shop.make("op", "scaled", on=op, forward="x * 2", shapes=["x=a"], cases=["a=6"])


def test_a_bare_request_keeps_what_was_edited(shop: Workshop) -> None:
    edited = shop.make("layer", "Swish", forward=SWISH, parameters=["beta=3.0"])
    again = shop.make("layer", "Swish", on=edited)
    assert toml.contents(again) == toml.contents(edited)
