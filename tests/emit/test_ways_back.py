"""What is kept with an incoming gradient of its own: where that goes, and what is said of it."""

from dataclasses import replace

import pytest

from layergen.ir.graph import Value
from tests.emit.described import view
from tests.emit.graphs import (
    X,
    Y,
    arguments,
    cotangent,
    function,
    gradients,
    graph,
    method,
    operator,
    tensor,
)
from tests.emit.printed import BW, texts

G, OF_D = Value(4), Value(5)


def squared_gap(*others, kept=(2,), ways_back=(5,), total=None, **fields):
    """Derive (x - y).square() by hand, keeping x - y."""
    made = graph(
        tensor("x"),
        tensor("y"),
        operator("sub", X, Y, hint="d"),
        method("square", Value(2)),
        cotangent(),
        cotangent(),
        operator("mul", G, Value(2), **BW),
        total or operator("add", OF_D, Value(6), hint="grad_x", **BW),
        operator("neg", Value(7), hint="grad_y", **BW),
        *others,
    )
    usual = {"cotangents": (4,), "saved": kept}
    return gradients(
        made,
        [3],
        {"x": 7, "y": 8},
        kept=kept,
        ways_back=ways_back,
        **(usual | fields),
    )


def statements(derived):
    return [line for block in texts(derived).backward for line in block.lines]


def test_nothing_is_rebuilt_and_no_input_kept_for_it():
    found = texts(squared_gap())

    assert (found.rebuilt, found.saved, found.marked) == ((), ("d",), ())


def test_where_it_is_a_constant_it_is_rebuilt_from_the_inputs():
    found = texts(squared_gap(ways_back=()))

    assert found.rebuilt == ("_, d = SineFunction.forward(x, y)",)
    assert (found.saved, found.marked) == (("x", "y", "d"), ("d",))


def test_what_comes_in_is_added_under_its_own_name():
    assert statements(squared_gap()) == [
        "grad_d = grad_d + grad_out * d",
        "grad_x = grad_d",
        "grad_y = -grad_d",
    ]


def test_all_sums_until_a_gradient_is_complete_bear_its_name():
    """Of `grad_d + a + b` the last is what others take."""
    first = operator("add", OF_D, Value(6), **BW)
    derived = squared_gap(
        operator("add", Value(7), G, hint="grad_x", **BW), total=first
    )
    nodes = list(derived.graph.nodes)
    nodes[8], nodes[9] = nodes[9], replace(nodes[8], args=(Value(8),))
    derived = replace(derived, graph=graph(*nodes), gradients=(8, 9))

    assert statements(derived) == [
        "grad_d = grad_d + grad_out * d + grad_out",
        "grad_x = grad_d",
        "grad_y = -grad_d",
    ]


def test_what_is_used_beside_the_sum_keeps_its_name_to_itself():
    derived = squared_gap(operator("mul", OF_D, Value(7), **BW))
    derived = replace(derived, gradients=(7, 9))

    assert statements(derived)[0] == "total = grad_d + grad_out * d"


def test_a_name_of_the_user_s_is_not_taken_for_it():
    derived = squared_gap()
    nodes = list(derived.graph.nodes)
    nodes[0] = replace(nodes[0], hint="grad_d", name="grad_d")
    derived = replace(derived, graph=graph(*nodes), names=("grad_d", "y"))

    assert texts(derived).ways_back == ("grad_d_2",)


@pytest.mark.parametrize(
    ("total", "formula"),
    [
        (operator("add", OF_D, Value(6), hint="grad_x", **BW), "g * d"),
        (operator("add", Value(6), OF_D, hint="grad_x", **BW), "g * d"),
        (operator("sub", OF_D, Value(6), hint="grad_x", **BW), "-(g * d)"),
        (operator("add", OF_D, G, hint="grad_x", **BW), "g"),
    ],
)
def test_formulas_are_of_the_first_derivative(total, formula):
    found = texts(squared_gap(total=total)).formulas

    assert any(line.endswith(f"= {formula}") for line in found)
    assert "grad_d +" not in " ".join(found)
    assert "--" not in " ".join(found)


@pytest.mark.parametrize(
    "total",
    [
        operator("mul", OF_D, Value(6), hint="grad_x", **BW),
        operator("sub", Value(6), OF_D, hint="grad_x", **BW),
        operator("add", OF_D, 1.0, hint="grad_x", **BW),
    ],
)
def test_no_formulas_are_told_where_it_is_not_just_added(total):
    assert texts(squared_gap(total=total)).formulas == ()


def test_backward_takes_it_behind_the_outputs_gradients():
    made = view(squared_gap())

    assert made.cotangent_signature == "grad_out: Tensor, grad_d: Tensor"
    assert made.setup == ("_, d = output", "ctx.save_for_backward(d)")
    assert made.picked == "[0]"


def test_it_is_told_what_is_returned_and_what_comes_in():
    made = view(squared_gap())

    assert made.beside == (
        "Forward also returns d, for backward; a second derivative goes through it."
    )
    assert made.zero == "grad_d is zero, but for a second derivative."


def test_nothing_is_told_where_what_is_kept_is_constant():
    made = view(squared_gap(ways_back=()))

    assert made.beside == made.zero == ""
    assert made.cotangent_signature == "grad_out: Tensor, *_: Tensor"


def with_mask(**fields):
    """Keep a mask beside d."""
    mask = operator("gt", Value(2), 0, dtype="bool", hint="m")
    return squared_gap(mask, kept=(2, 9), ways_back=(5, None), **fields)


def test_a_constant_beside_it_is_marked_and_its_gradient_has_no_name():
    made = view(with_mask())

    assert made.cotangent_signature == "grad_out: Tensor, grad_d: Tensor, *_: Tensor"
    assert "ctx.mark_non_differentiable(m)" in made.setup
    assert made.beside.startswith("Forward also returns d, for backward")


def test_two_are_told_together():
    other = function("torch.sin", Value(2), hint="s")
    derived = squared_gap(
        other, cotangent(), kept=(2, 9), ways_back=(5, 10), names=("x", "y")
    )
    made = view(derived, declared=arguments("x", "y"))

    assert made.beside.startswith("Forward also returns d and s, for backward; a")
    assert " ".join(made.beside.split()).endswith("goes through them.")
    assert made.zero == "grad_d and grad_s are zero, but for a second derivative."
