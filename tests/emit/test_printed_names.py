"""The names in a backward: the user's own, and each given once."""

from dataclasses import replace

import pytest

from layergen.ir.graph import Value
from tests.emit.graphs import (
    X,
    Y,
    cotangent,
    gradients,
    graph,
    method,
    operator,
    tensor,
)
from tests.emit.printed import BW, named, sine_of_product, texts


def test_what_is_kept_and_has_no_name_is_described():
    assert texts(named(sine_of_product(), "")).kept == ("product",)


@pytest.mark.parametrize(
    ("hint", "name"), [("x", "x_2"), ("grad_out", "grad_out_2"), ("sum", "sum_")]
)
def test_a_kept_variable_bears_another_name_where_its_own_is_taken(hint, name):
    """As in `x = x @ w`, where both the argument and the variable are saved."""
    found = texts(named(sine_of_product(), hint, returned_by=(hint,)))

    assert found.kept == (name,)
    assert found.saved == ("x", "w", name)
    assert found.rebuilt == (f"_, {name} = SineFunction.forward(x, w)",)


def test_a_kept_variable_bears_the_name_that_it_has_when_forward_returns():
    found = texts(replace(sine_of_product(), returned_by=("scores",)))

    assert found.kept == ("scores",)


def test_a_variable_of_backward_has_no_reserved_name():
    derived = named(sine_of_product(), "sine")

    assert texts(derived, reserved=("sine",)).kept == ("sine_2",)


@pytest.mark.parametrize("argument", ["grad_out", "out"])
def test_an_incoming_gradient_is_named_as_nothing_else_is(argument):
    """Of an argument named out the gradient is grad_out."""
    made = graph(tensor("x"), tensor(argument), operator("mul", X, Y), cotangent())
    found = texts(gradients(made, [2], {"x": 3, argument: 3}))

    assert found.cotangents == ("grad_out_2",)
    assert found.backward[0].lines == ("grad_x = grad_out_2",)


def test_a_saved_result_is_told_from_an_argument_named_output():
    made = graph(
        tensor("output"),
        method("exp", X),
        cotangent(),
        operator("mul", Value(2), Value(1), **BW),
    )
    found = texts(gradients(made, [1], {"output": 3}, saved=(0, 1)))

    assert found.saved == ("output", "result")
    assert found.outputs == ("result",)
