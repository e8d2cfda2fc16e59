"""What a template is told of a Function: the user's text, what goes on ctx, what comes back."""

from dataclasses import replace

import pytest

from layergen.ir.graph import ShapeOf, Value
from layergen.spec.model import Argument, ArgumentType
from tests.emit.described import SCALED, G, nothing_kept, scaled, view
from tests.emit.graphs import (
    X,
    Y,
    arguments,
    cotangent,
    gradients,
    graph,
    method,
    operator,
    tensor,
)
from tests.emit.printed import BW, sine_of_product


def test_the_user_s_text_is_the_forward_where_nothing_is_kept():
    assert view(nothing_kept(), body="return sin(x @ w)").body == "return sin(x @ w)"


def test_the_user_s_text_returns_what_is_kept_where_a_variable_holds_it():
    derived = replace(sine_of_product(), returned_by=("p",))

    made = view(derived, body="p = x @ w  # a product\nreturn torch.sin(p)")

    assert made.body == "p = x @ w  # a product\nreturn torch.sin(p), p"


def test_the_forward_is_printed_where_no_variable_holds_what_is_kept():
    made = view(sine_of_product(), body="return torch.sin(x @ w)")

    assert made.body == "p = x @ w\nreturn torch.sin(p), p"


def test_the_forward_is_printed_where_it_returns_a_tuple_and_more_is_kept():
    """`return pair, p` would return a tuple in a tuple."""
    derived = replace(sine_of_product(), returned_by=("p",), single=False)

    made = view(derived, body="p = x @ w\npair = (torch.sin(p),)\nreturn pair")

    assert made.body == "p = x @ w\nreturn torch.sin(p), p"


def test_the_forward_is_printed_where_there_is_no_text():
    assert view(nothing_kept()).body == "p = x @ w\nreturn torch.sin(p)"


def test_inputs_are_unpacked_as_far_as_backward_uses_them():
    assert view(scaled(), declared=SCALED).setup == (
        "_, alpha = inputs",
        "ctx.alpha = alpha",
    )


def test_the_only_input_is_unpacked_from_a_tuple():
    made = graph(
        tensor("x"),
        method("sin", X),
        cotangent(),
        operator("mul", Value(2), X, **BW),
    )
    found = view(gradients(made, [1], {"x": 3}, saved=(0,)))

    assert found.setup == ("(x,) = inputs", "ctx.save_for_backward(x)")
    assert found.unpacked == "(x,)"


def test_nothing_to_set_up_is_passed():
    made = graph(tensor("x"), operator("neg", X), cotangent(), method("neg", Value(2)))

    found = view(gradients(made, [1], {"x": 3}))

    assert found.setup == ("pass",)
    assert found.unpacked == ""


def test_what_is_kept_is_unpacked_marked_and_saved():
    made = view(sine_of_product()).setup

    assert [line for line in made if "autocast" not in line] == [
        "x, w = inputs",
        "_, p = output",
        "ctx.mark_non_differentiable(p)",
        "ctx.save_for_backward(x, w, p)",
    ]


def test_a_saved_output_is_not_unpacked():
    made = graph(
        tensor("x"),
        method("exp", X),
        cotangent(),
        operator("mul", Value(2), Y, **BW),
    )

    assert view(gradients(made, [1], {"x": 3}, saved=(1,))).setup == (
        "ctx.save_for_backward(output)",
    )


def test_an_output_is_unpacked_before_an_argument_takes_its_name():
    """`_, output = inputs` first would leave nothing to unpack."""
    made = graph(
        tensor("output"),
        method("exp", X),
        cotangent(),
        operator("mul", Value(2), Value(1), **BW),
        operator("mul", Value(3), X, **BW),
    )

    assert view(gradients(made, [1], {"output": 4}, saved=(0, 1))).setup == (
        "result = output",
        "(output,) = inputs",
        "ctx.save_for_backward(output, result)",
    )


def bias_shape():
    """Derive x + b by b, whose shape alone is kept."""
    made = graph(
        tensor("x"),
        tensor("b"),
        operator("add", X, Y),
        cotangent(),
        method("sum_to_size", Value(3), ShapeOf(Y), **BW),
    )
    return gradients(made, [2], {"b": 4})


def test_a_shape_is_kept_on_ctx():
    assert view(bias_shape()).setup == ("_, b = inputs", "ctx.b_shape = b.shape")


def test_the_shape_of_what_may_be_none_is_asked_with_care():
    declared = *arguments("x"), Argument("b", ArgumentType.OPTIONAL_TENSOR)

    assert view(bias_shape(), declared=declared).setup[-1] == (
        "ctx.b_shape = None if b is None else b.shape"
    )


def test_a_shape_beside_what_may_be_none_is_asked_as_ever():
    x = Argument("x", ArgumentType.OPTIONAL_TENSOR)

    made = view(bias_shape(), declared=(x, *arguments("b")))

    assert made.setup[-1] == "ctx.b_shape = b.shape"


def test_the_only_output_of_a_tuple_is_unpacked_from_it():
    made = graph(
        tensor("x"), method("exp", X), cotangent(), operator("mul", G, Y, **BW)
    )
    derived = gradients(made, [1], {"x": 3}, saved=(1,), single=False)

    assert view(derived).setup[0] == "(result,) = output"


def test_backward_multiplies_under_the_forward_s_autocast():
    made = view(sine_of_product())

    assert made.autocasts
    assert "ctx.autocast = autocast_of(x)" in made.setup
    assert "torch" in made.texts


def test_the_tensor_that_tells_the_autocast_is_unpacked():
    made = graph(
        tensor("x"),
        tensor("w"),
        operator("matmul", X, Y),
        cotangent(),
        operator("matmul", Value(3), Y, **BW),
    )

    assert view(gradients(made, [2], {"x": 4}, saved=(1,))).setup == (
        "x, w = inputs",
        "ctx.save_for_backward(w)",
        "ctx.autocast = autocast_of(x)",
    )


def test_a_backward_that_multiplies_nothing_knows_no_autocast():
    made = graph(
        tensor("x"), tensor("w"), operator("matmul", Y, Y), operator("add", X, G)
    )
    derived = gradients(graph(*made.nodes, cotangent()), [3], {"x": 4})

    assert not view(derived).autocasts


def test_what_multiplies_nothing_knows_no_autocast():
    made = view(scaled(), declared=SCALED)

    assert not made.autocasts
    assert not any("autocast" in line for line in made.setup)


def test_several_gradients_are_none_until_they_are_wanted():
    made = view(sine_of_product())

    assert made.no_gradients == "grad_x = grad_w"
    assert made.results == "grad_x, grad_w"


def test_the_only_gradient_is_always_wanted():
    made = view(scaled(), declared=SCALED)

    assert made.no_gradients == ""
    assert made.results == "grad_x, None"
    assert made.scalars == ("alpha",)


@pytest.mark.parametrize(
    ("fields", "picked"),
    [({}, "[0]"), ({"single": False}, "[:1]"), ({"kept": (), "saved": (0, 1)}, "")],
)
def test_the_outputs_are_picked_out_of_all_that_forward_returns(fields, picked):
    assert view(replace(sine_of_product(), **fields)).picked == picked


def test_backward_takes_and_ignores_the_gradients_of_what_is_kept():
    assert view(sine_of_product()).cotangent_signature == "grad_out: Tensor, *_: Tensor"
    assert view(nothing_kept()).cotangent_signature == "grad_out: Tensor"


def test_forward_returns_as_many_tensors_as_its_annotation_says():
    assert view(sine_of_product()).returns == "tuple[Tensor, Tensor]"
    assert view(nothing_kept()).returns == "Tensor"


def test_the_signature_is_a_plain_one():
    assert view(scaled(), declared=SCALED).signature == "x: Tensor, alpha: float"


def test_the_summary_states_the_equation_where_there_is_one():
    stated = view(nothing_kept(), stated="f(x, w) = sin(x @ w)").summary

    assert stated == "Differentiate f(x, w) = sin(x @ w) by the chain rule."
    assert view(nothing_kept()).summary == "Differentiate f by the chain rule."


def test_the_statements_that_imports_are_read_from_are_all_there():
    made = view(sine_of_product())

    lines = [line for block in made.blocks for line in block.lines]
    assert set(lines) | {made.body} | set(made.rebuilt) <= set(made.texts)


def test_nothing_that_is_computed_bears_the_function_s_own_name():
    nodes = list(sine_of_product().graph.nodes)
    nodes[2] = replace(nodes[2], hint="f")
    derived = replace(sine_of_product(), graph=graph(*nodes))

    assert "f_2 = x @ w" in view(derived).body


def test_what_only_one_setting_uses_is_kept_for_all():
    names = ("x", "alpha", "flag")
    settings = (
        scaled(names=names, setting=(("flag", True),)),
        scaled(factor=2, names=names, setting=(("flag", False),)),
    )

    made = view(*settings, declared=(*SCALED, *arguments(flag="bool")))

    assert made.scalars == ("alpha", "flag")
    assert [(block.condition, block.lines) for block in made.blocks] == [
        ("flag", ("grad_x = alpha * grad_out",)),
        ("not flag", ("grad_x = 2 * grad_out",)),
    ]
