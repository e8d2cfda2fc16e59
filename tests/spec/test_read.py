from pathlib import Path

import pytest

from layergen.errors import BadRequest
from layergen.spec import read, toml
from layergen.spec.model import (
    Argument,
    ArgumentType,
    Backward,
    Form,
    Kind,
    Request,
    Shape,
    Spec,
)

FORWARDS = '''\
def norm(x, weight, bias=None, eps: float = 1e-5):
    """Scale to unit variance."""
    y = x / (x.var(-1, keepdim=True) + eps).sqrt() * weight
    return y if bias is None else y + bias


def method(self, x):
    return self.fc(x) * self.heads


def ignores(x, y):
    return x
'''
SWISH = "x * sigmoid(beta * x)"


class Workshop:
    """A folder with forwards.py, in which commands are given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(
        self,
        kind: str,
        name: str,
        *,
        on: Spec | None = None,
        backward: Backward | None = None,
        forward: str | None = None,
        from_: str | None = None,
        like: str | None = None,
        **texts: list[str],
    ) -> Spec:
        request = Request(
            Kind(kind),
            name,
            forward=forward,
            from_=from_,
            like=like,
            backward=backward,
            **{option: tuple(each) for option, each in texts.items()},
        )
        spec, self.notes = read.from_request(
            request, cwd=self.folder, into=self.folder, existing=on
        )
        # As the next command would find it.
        return toml.parse(toml.render(spec, ()), "layergen.toml")


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    (tmp_path / "forwards.py").write_text(FORWARDS)
    return Workshop(tmp_path)


def names(arguments: tuple[Argument, ...]) -> list[str]:
    return [each.name for each in arguments]


class TestDefaults:
    def test_a_layer_is_a_linear_map(self, shop: Workshop) -> None:
        spec = shop.make("layer", "GatedUnit")
        (layer,) = spec.layers
        assert spec.backward is Backward.AUTOGRAD
        assert (spec.name, spec.folder) == ("GatedUnit", "gated_unit")
        assert layer.forward.name == "gated_unit"
        assert names(layer.arguments) == ["x", "in_features", "out_features"]
        assert [each.optional for each in layer.parameters] == [False, True]

    def test_an_op_is_a_stub_with_a_scalar(self, shop: Workshop) -> None:
        spec = shop.make("op", "gated_unit")
        assert spec.op is not None
        assert spec.backward is Backward.STUB
        assert spec.op.name == spec.op.forward.name == "gated_unit"
        assert spec.op.arguments[1] == Argument("beta", ArgumentType.FLOAT, "1.0")

    def test_a_loss_compares_two_tensors(self, shop: Workshop) -> None:
        spec = shop.make("loss", "Gap")
        assert spec.loss is not None
        assert (spec.loss.name, spec.loss.class_name) == ("gap", "Gap")
        assert names(spec.loss.arguments) == ["prediction", "target"]

    def test_a_layer_with_a_stub_calls_an_op(self, shop: Workshop) -> None:
        spec = shop.make("layer", "GatedUnit", backward=Backward.STUB)
        assert spec.makes == (Kind.OP, Kind.LAYER)
        assert spec.layers[0].calls_op
        assert spec.op is not None
        assert spec.op.arguments[1].shape == Shape(("out_features", "in_features"))

    def test_other_spellings_are_told(self, shop: Workshop) -> None:
        shop.make("layer", "gated_unit")
        assert shop.notes == ("gated_unit is spelled GatedUnit as a class",)
        shop.make("op", "GatedUnit")
        assert shop.notes == ("GatedUnit is spelled gated_unit as a function",)
        shop.make("loss", "focal")
        assert shop.notes == ()

    def test_options_without_a_forward_are_refused(self, shop: Workshop) -> None:
        with pytest.raises(BadRequest, match="--param describes a forward"):
            shop.make("layer", "Gated", parameters=["w=zeros"])


class TestForwards:
    def test_free_names_are_tensors_and_are_told(self, shop: Workshop) -> None:
        spec = shop.make("op", "swish", forward=SWISH)
        assert spec.op is not None
        assert {each.type for each in spec.op.arguments} == {ArgumentType.TENSOR}
        assert shop.notes == ("arguments: x: tensor, beta: tensor",)

    def test_defaults_come_last(self, shop: Workshop) -> None:
        spec = shop.make(
            "op", "mix", forward="alpha * x + y", arguments=["alpha:float=1.0"]
        )
        assert spec.op is not None
        assert names(spec.op.arguments) == ["x", "y", "alpha"]

    def test_a_scalar_parameter_is_begun_by_the_constructor(
        self, shop: Workshop
    ) -> None:
        spec = shop.make("layer", "Swish", forward=SWISH, parameters=["beta=1"])
        (layer,) = spec.layers
        assert layer.arguments[1] == Argument("beta", ArgumentType.FLOAT, "1.0")
        assert layer.parameters[0].init.arguments == ("beta",)

    def test_an_optional_argument_makes_its_parameter_optional(
        self, shop: Workshop
    ) -> None:
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

    def test_a_size_in_the_forward_is_a_whole_number(self, shop: Workshop) -> None:
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

    def test_a_called_submodule_makes_a_method(self, shop: Workshop) -> None:
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

    def test_a_method_reads_arguments_from_self(self, shop: Workshop) -> None:
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
            ({"forward": "x * w", "parameters": ["w=ones"] * 2}, "declared twice"),
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
        self, shop: Workshop, options: dict[str, list[str]], said: str
    ) -> None:
        with pytest.raises(BadRequest) as caught:
            shop.make("layer", "Thing", **options)  # type: ignore[arg-type]
        assert said in str(caught.value)

    def test_an_op_holds_nothing_and_takes_no_self(self, shop: Workshop) -> None:
        with pytest.raises(BadRequest, match="takes self"):
            shop.make("op", "thing", from_="forwards.py:method")
        with pytest.raises(BadRequest, match="holds none"):
            shop.make("op", "thing", forward="x * w", parameters=["w=ones"])

    def test_a_stub_has_no_self(self, shop: Workshop) -> None:
        with pytest.raises(BadRequest, match="takes self"):
            shop.make(
                "layer",
                "Many",
                from_="forwards.py:method",
                submodules=["fc=nn.Linear(heads, 4)"],
                backward=Backward.STUB,
            )

    def test_a_default_before_an_argument_without_one_is_refused(
        self, shop: Workshop
    ) -> None:
        with pytest.raises(BadRequest, match="'x' has a default"):
            shop.make(
                "op",
                "thing",
                from_="forwards.py:norm",
                arguments=["x:float=1.0"],
            )


class TestLike:
    def test_takes_all_that_an_example_makes(self, shop: Workshop) -> None:
        spec = shop.make("layer", "MyNorm", like="layer_norm")
        assert spec.makes == (Kind.OP, Kind.LAYER)
        assert spec.op is not None
        assert spec.op.forward.name == "my_norm"
        assert spec.layers[-1].name == "MyNorm"

    def test_an_op_takes_only_the_op(self, shop: Workshop) -> None:
        assert shop.make("op", "my_norm", like="layer_norm").makes == (Kind.OP,)

    def test_a_call_of_the_op_is_renamed_and_blocks_are_kept(
        self, shop: Workshop
    ) -> None:
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
    def test_refuses(
        self, shop: Workshop, kind: str, name: str, like: str, said: str
    ) -> None:
        with pytest.raises(BadRequest) as caught:
            shop.make(kind, name, like=like)
        assert said in str(caught.value)

    def test_only_the_backward_may_change(self, shop: Workshop) -> None:
        spec = shop.make("op", "mine", like="relu", backward=Backward.AUTOGRAD)
        assert spec.backward is Backward.AUTOGRAD
        with pytest.raises(BadRequest, match="can't change the example"):
            shop.make("layer", "Mine", like="relu", arguments=["x:tensor"])


class TestExtending:
    def test_a_layer_calls_the_op_that_is_there(self, shop: Workshop) -> None:
        op = shop.make("op", "swish", forward=SWISH)
        spec = shop.make("layer", "Swish", on=op, parameters=["beta=1.0"])
        assert spec.makes == (Kind.OP, Kind.LAYER)
        assert spec.layers[0].calls_op
        assert spec.backward is Backward.STUB

    def test_an_op_takes_over_the_layers_forward(self, shop: Workshop) -> None:
        layer = shop.make("layer", "Swish", forward=SWISH, parameters=["beta=1.0"])
        spec = shop.make("op", "swish", on=layer)
        both = shop.make(
            "layer",
            "Swish",
            on=shop.make("op", "swish", forward=SWISH),
            parameters=["beta=1.0"],
        )
        assert toml.contents(spec) == toml.contents(both)

    def test_the_same_forward_may_be_given_again(self, shop: Workshop) -> None:
        op = shop.make("op", "swish", forward=SWISH)
        spec = shop.make(
            "layer", "Swish", on=op, forward=SWISH, parameters=["beta=1.0"]
        )
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
        self, shop: Workshop, options: dict[str, list[str]], said: str
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
        self, shop: Workshop, first: tuple[str, str], second: tuple[str, str], said: str
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
        self, shop: Workshop, kind: str, options: dict[str, list[str]]
    ) -> None:
        first = shop.make(kind, "Swish", **options)  # type: ignore[arg-type]
        again = shop.make(kind, "Swish", on=first, **options)  # type: ignore[arg-type]
        assert toml.contents(again) == toml.contents(first)

    def test_another_request_for_what_is_there_is_refused(self, shop: Workshop) -> None:
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

    def test_a_bare_request_keeps_what_was_edited(self, shop: Workshop) -> None:
        edited = shop.make("layer", "Swish", forward=SWISH, parameters=["beta=3.0"])
        again = shop.make("layer", "Swish", on=edited)
        assert toml.contents(again) == toml.contents(edited)


class TestFinding:
    @pytest.mark.parametrize("name", ["GatedUnit", "gated_unit", "Gatedunit"])
    def test_finds_any_spelling(self, tmp_path: Path, name: str) -> None:
        folder = tmp_path / "gated_unit"
        folder.mkdir()
        assert read.find_component(tmp_path, name) is None
        (folder / "layergen.toml").touch()
        assert read.find_component(tmp_path, name) == folder

    def test_finds_nothing_in_no_folder(self, tmp_path: Path) -> None:
        assert read.find_component(tmp_path / "none", "X") is None
