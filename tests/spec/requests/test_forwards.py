import pytest

from layergen.errors import BadRequest
from layergen.spec.model import (
    Argument,
    ArgumentType,
    Backward,
    Form,
)
from tests.spec.requests.workshop import SWISH, Workshop


def names(arguments: tuple[Argument, ...]) -> list[str]:
    return [each.name for each in arguments]


def test_free_names_are_tensors_and_are_told(shop: Workshop) -> None:
    spec = shop.make("op", "swish", forward=SWISH)
    assert spec.op is not None
    assert {each.type for each in spec.op.arguments} == {ArgumentType.TENSOR}
    assert shop.notes == ("arguments: x: tensor, beta: tensor",)


def test_defaults_come_last(shop: Workshop) -> None:
    spec = shop.make(
        "op", "mix", forward="alpha * x + y", arguments=["alpha:float=1.0"]
    )
    assert spec.op is not None
    assert names(spec.op.arguments) == ["x", "y", "alpha"]


def test_a_scalar_parameter_is_begun_by_the_constructor(shop: Workshop) -> None:
    spec = shop.make("layer", "Swish", forward=SWISH, parameters=["beta=1"])
    (layer,) = spec.layers
    assert layer.arguments[1] == Argument("beta", ArgumentType.FLOAT, "1.0")
    assert layer.parameters[0].init.arguments == ("beta",)


def test_an_optional_argument_makes_its_parameter_optional(shop: Workshop) -> None:
    spec = shop.make(
        "layer",
        "Norm",
        from_="forwards.py:norm",
        parameters=["weight=ones:features", "bias=zeros:features"],
        shapes=["x=...,features"],
    )
    (layer,) = spec.layers
    assert [each.optional for each in layer.parameters] == [False, True]
    assert names(layer.arguments) == ["x", "features", "eps"]


def test_a_size_in_the_forward_is_a_whole_number(shop: Workshop) -> None:
    spec = shop.make(
        "layer",
        "Scaled",
        forward="x / sqrt(dim) * gain",
        parameters=["gain=ones:dim"],
        shapes=["x=...,dim"],
    )
    (layer,) = spec.layers
    assert "math.sqrt(dim)" in layer.forward.text
    assert layer.arguments[1] == Argument("dim", ArgumentType.INT)


def test_a_called_submodule_makes_a_method(shop: Workshop) -> None:
    spec = shop.make(
        "layer",
        "Projected",
        forward="fc(x) * scale / sqrt(width)",
        submodules=["fc=nn.Linear(width, width)"],
        parameters=["scale=ones:width"],
        shapes=["x=batch,width"],
    )
    (layer,) = spec.layers
    assert layer.forward.form is Form.METHOD
    assert layer.forward.expression == (
        "self.fc(x) * self.scale / math.sqrt(self.width)"
    )
    assert names(layer.arguments) == ["x", "width"]


def test_a_method_reads_arguments_from_self(shop: Workshop) -> None:
    spec = shop.make(
        "layer",
        "Many",
        from_="forwards.py:method",
        submodules=["fc=nn.Linear(4, 4)"],
        arguments=["heads:int=2"],
    )
    assert names(spec.layers[0].arguments) == ["x", "heads"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"forward": SWISH, "from_": "forwards.py:norm"}, "--forward and --from"),
        ({"forward": SWISH, "like": "relu"}, "--forward and --like"),
        ({"forward": "x + 1", "arguments": ["b:float"]}, "'b' is used nowhere"),
        ({"forward": "x + 1", "arguments": ["x:tensor"] * 2}, "'x' twice"),
        ({"forward": "x + 1", "shapes": ["x=a", "x=b"]}, "'x' twice"),
        ({"forward": "value + 1", "shapes": ["valeu=a"]}, "Did you mean 'value'"),
        ({"forward": "x * w", "parameters": ["v=ones"]}, "'v' is used nowhere"),
        ({"forward": "x * w", "parameters": ["w=ones"] * 2}, "gives 'w' twice"),
        (
            {"forward": "x * w", "parameters": ["w=ones"], "buffers": ["w=ones"]},
            "declared twice",
        ),
        (
            {"forward": "x * w", "shapes": ["w=a"], "arguments": ["w:float"]},
            "is a float, which has no shape",
        ),
        (
            {"forward": "x * beta", "arguments": ["x:float", "beta:float"]},
            "takes no tensor",
        ),
        (
            {
                "forward": SWISH,
                "arguments": ["beta:float"],
                "parameters": ["beta=1.0"],
            },
            "no gradient would reach it",
        ),
        (
            {"forward": "x * training", "parameters": ["training=1.0"]},
            "nn.Module's own training",
        ),
        (
            {
                "forward": "x * w",
                "parameters": ["w=normal(std=x):a"],
                "shapes": ["x=a"],
            },
            "'x' is a tensor",
        ),
        (
            {
                "forward": "x * w",
                "parameters": ["w=normal(std=gian):a"],
                "arguments": ["gain:float=1.0"],
            },
            "one letter off 'gain'",
        ),
        (
            {"forward": "x * w", "shapes": ["x=w"], "arguments": ["w:float"]},
            "is an argument of type float",
        ),
        ({"from_": "forwards.py:ignores"}, "'y' is used nowhere"),
        ({"from_": "forwards.py:method"}, "self.fc is no parameter"),
        (
            {"from_": "forwards.py:norm", "arguments": ["bias:tensor"]},
            "no default for tensor",
        ),
        (
            {"from_": "forwards.py:norm", "cases": ["fetures=3"]},
            "no dimension and no argument",
        ),
        (
            {"forward": "x * w", "shapes": ["x=a"], "cases": ["a=0.5"]},
            "of type int",
        ),
    ],
)
def test_what_does_not_fit_is_refused(
    shop: Workshop, options: dict[str, list[str]], said: str
) -> None:
    with pytest.raises(BadRequest) as caught:
        shop.make("layer", "Thing", **options)  # type: ignore[arg-type]
    assert said in str(caught.value)


def test_an_op_holds_nothing_and_takes_no_self(shop: Workshop) -> None:
    with pytest.raises(BadRequest, match="takes self"):
        shop.make("op", "thing", from_="forwards.py:method")
    with pytest.raises(BadRequest, match="holds none"):
        shop.make("op", "thing", forward="x * w", parameters=["w=ones"])


def test_a_stub_has_no_self(shop: Workshop) -> None:
    with pytest.raises(BadRequest, match="takes self"):
        shop.make(
            "layer",
            "Many",
            from_="forwards.py:method",
            submodules=["fc=nn.Linear(heads, 4)"],
            backward=Backward.STUB,
        )


def test_a_default_before_an_argument_without_one_is_refused(shop: Workshop) -> None:
    with pytest.raises(BadRequest, match="'x' has a default"):
        shop.make(
            "op",
            "thing",
            from_="forwards.py:norm",
            arguments=["x:float=1.0"],
        )
