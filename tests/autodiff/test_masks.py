"""What the masks of a backward ask, and what they choose."""

import pytest

from layergen.autodiff.masks import with_short_masks
from layergen.ir.graph import Value
from tests.emit.graphs import (
    BACKWARD,
    ROWS,
    X,
    cotangent,
    function,
    graph,
    method,
    operator,
    tensor,
    text_of,
)

RELU = function("F.relu", X)
MASK = operator("gt", Value(1), 0, phase=BACKWARD, dtype="bool")


def asked(*nodes, kept=()):
    """Tell of what the last node asks whether it is positive."""
    return with_short_masks(graph(tensor("x"), *nodes), kept)[len(nodes)].args[0]


def test_asks_what_was_rectified():
    assert asked(RELU, MASK) == X


def test_asks_the_relu_that_is_at_hand():
    assert asked(RELU, MASK, kept=[1]) == Value(1)


def test_leaves_other_comparisons():
    above = operator("gt", Value(1), 1, phase=BACKWARD, dtype="bool")
    forward = operator("gt", Value(1), 0, dtype="bool")

    assert asked(RELU, above) == Value(1)
    assert asked(RELU, forward) == Value(1)
    assert asked(function("F.softplus", X), MASK) == Value(1)


def chosen(*between, mask="bool", other=0):
    """Choose a row's incoming gradient, or another number, by a mask."""
    nodes = (
        tensor("x", dtype=mask),
        cotangent((ROWS, 1)),
        *between,
        function("torch.where", X, Value(1 + len(between)), other, phase=BACKWARD),
    )
    made = with_short_masks(graph(*nodes), [])
    return text_of(*made.nodes, known={0: "x", 1: "g"})


def row(op, *args, **fields):
    return operator(op, *args, phase=BACKWARD, shape=(ROWS, 1), **fields)


def test_multiplies_one_gradient_for_many_elements_by_their_mask():
    assert chosen() == "g * x"
    assert chosen(row("div", Value(1), 3)) == "g / 3 * x"


def test_leaves_a_gradient_that_may_be_infinite():
    """0 * inf is no number."""
    root = method("sqrt", Value(1), phase=BACKWARD, shape=(ROWS, 1))

    assert chosen(root) == "torch.where(x, g.sqrt(), 0)"


def test_leaves_a_gradient_for_each_element():
    whole = operator("mul", Value(1), 2, phase=BACKWARD)

    assert chosen(whole) == "torch.where(x, 2 * g, 0)"


@pytest.mark.parametrize("options", [{"other": 1}, {"mask": "uint8"}])
def test_leaves_what_is_no_product(options):
    assert chosen(**options).startswith("torch.where(x, g, ")
