"""The trial run: what a forward is found to be, and what is refused before anything is written."""

from pathlib import Path

import pytest

from layergen.autodiff.refusal import Reason
from layergen.autodiff.trial import tried
from layergen.errors import BadRequest, CannotDerive
from layergen.ir.trial import assumed
from layergen.spec import read, toml
from layergen.spec.model import Kind, Shape
from layergen.spec.request import Request

HERE = Path(__file__).parent


def spec_of(kind, forward, **options):
    request = Request(kind, "Ripple", forward=forward, **options)
    return read.from_request(request, cwd=HERE, into=HERE, existing=None)[0]


def op_trial(forward, **options):
    return tried(spec_of(Kind.OP, forward, **options)).op


def text_trial(body, makes="op", arguments='x = { tensor = "..." }', extra=""):
    text = (
        f'format = 1\n[component]\nname = "Ripple"\nmakes = ["{makes}"]\n'
        f"[arguments]\n{arguments}\n{extra}\n[forward]\ntext = '''\n{body}'''\n"
    )
    spec = toml.parse(text, "layergen.toml")
    return tried(spec)


@pytest.mark.parametrize("kind", Kind)
def test_a_default_is_what_it_is_assumed_to_be(kind):
    spec = spec_of(kind, None)

    assert tried(spec) == assumed(spec)


def test_finds_what_a_gradient_reaches():
    trial = op_trial("where(mask > 0, x, 0)")

    assert trial.differentiable == ("x",)


def test_keeps_the_broadcasts_that_the_forward_takes():
    assert [e.id for e in op_trial("x * y").examples] == [
        "same",
        "row",
        "column",
        "scalar",
        "empty",
    ]
    assert [e.id for e in op_trial("stack([x, y], 0)").examples] == ["same"]


def test_names_the_dimensions_that_come_out():
    trial = op_trial("x @ w", shapes=("x=...,inner", "w=inner,outer"))

    assert trial.returns == (Shape(("...", "outer")),)


def test_draws_positive_inputs_where_others_give_nan():
    assert op_trial("log(x)").positive
    assert not op_trial("exp(x)").positive


def test_draws_positive_inputs_where_another_number_of_the_tests_gives_nan():
    trial = op_trial("x ** p", arguments=("p:float=2.0",), shapes=("x=rows,columns",))

    assert trial.positive


def test_counts_outputs():
    trials = text_trial("def ripple(x):\n    return x.sin(), x.cos()\n")

    assert trials.op.outputs == 2


def test_sees_a_scalar_result():
    trials = text_trial("def ripple(x):\n    return x.square().mean()\n", makes="loss")

    assert trials.loss.scalar


def test_sees_a_look_at_values_and_says_so():
    trials = text_trial(
        "def ripple(x):\n    if x.sum() > 0:\n        return x.sin()\n    return x.cos()\n"
    )

    assert not trials.op.compiles
    assert any("compiled" in note for note in trials.notes)


def test_sees_a_layer_that_draws_random_numbers():
    trials = text_trial("def ripple(x):\n    return F.dropout(x, 0.5)\n", makes="layer")

    assert trials.layers[0].random


def test_leaves_out_a_dtype_that_the_forward_does_not_run_in():
    trials = text_trial(
        "def ripple(x):\n    return torch.linalg.inv(x)\n",
        arguments='x = { tensor = "3,3" }',
    )

    assert "bfloat16" not in trials.op.dtypes
    assert any("bfloat16" in note for note in trials.notes)


REFUSED = {
    "random": (
        "return x * torch.rand_like(x)",
        "draws random numbers",
        Reason.UNSAVED_RANDOM,
    ),
    "input_changed": (
        "return x.mul_(2).sin()",
        "one of its inputs in place",
        Reason.INPUT_IN_PLACE,
    ),
    "rounded": (
        "return x.argmax(-1).double()",
        "no gradient reaches x",
        Reason.NO_GRADIENT_PATH,
    ),
    "no_tensor": ("return x.shape", "returns a Size", Reason.OUTPUT_TYPE),
    "complex": ("return torch.fft.rfft(x)", "complex numbers", Reason.OUTPUT_COMPLEX),
    "integers": (
        "return x.argmax(-1)",
        "torch.int64",
        Reason.OUTPUT_WITHOUT_GRADIENT,
    ),
    "itself": ("return x", "returns x itself", Reason.OUTPUT_IS_INPUT),
}


@pytest.mark.parametrize(("body", "words", "reason"), REFUSED.values(), ids=REFUSED)
def test_refuses_what_it_cannot_do(body, words, reason):
    with pytest.raises(CannotDerive, match=words) as refusal:
        text_trial(f"def ripple(x):\n    {body}\n")

    assert refusal.value.instead
    assert refusal.value.place
    assert refusal.value.reason == reason.spelled


def test_refuses_a_forward_that_fails_and_tells_the_sizes():
    with pytest.raises(BadRequest, match="fails on example inputs") as refusal:
        op_trial("x @ w", shapes=("x=4,5", "w=4,5"))

    assert "x (4, 5), w (4, 5)" in refusal.value.instead


def test_refuses_numbers_that_are_nowhere_finite():
    with pytest.raises(BadRequest, match="not finite"):
        op_trial("log(x - 5)")


def test_refuses_shapes_that_are_not_what_comes_out():
    with pytest.raises(BadRequest, match=r"\[returns\]"):
        text_trial(
            "def ripple(x):\n    return x.sum(-1)\n",
            arguments='x = { tensor = "rows,columns" }',
            extra='[returns]\nshapes = ["rows,columns"]',
        )


def test_refuses_a_parameter_that_would_never_learn():
    with pytest.raises(CannotDerive, match="would never learn") as refusal:
        text_trial(
            "def ripple(x, w):\n    return x * (w > 0)\n",
            makes="layer",
            arguments='x = { tensor = "...,dim" }\nw = { tensor = "dim" }',
            extra='[parameters]\nw = { init = "ones", shape = "dim" }',
        )

    assert refusal.value.reason == Reason.PARAMETER_WITHOUT_GRADIENT.spelled


def test_refuses_a_submodule_that_cannot_be_built():
    with pytest.raises(BadRequest, match="Linearr"):
        text_trial(
            "def forward(self, x):\n    return self.fc(x)\n",
            makes="layer",
            arguments='dim = { int = "" }\nx = { tensor = "batch,dim" }',
            extra='[submodules]\nfc = "nn.Linearr(dim, dim)"',
        )
