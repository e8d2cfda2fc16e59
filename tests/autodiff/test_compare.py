"""A text that is derived at some sizes is held against what is derived at others."""

import torch

from layergen.autodiff.compare import graph_difference
from layergen.ir.graph import Arithmetic, ShapeOf, Size
from tests.emit.graphs import X, graph, method, tensor

ROWS, COLUMNS = Size("s0"), Size("s1")
ARGS = [torch.ones(3, 4)]


def scaled(shape, by):
    return graph(tensor("x", shape), method("mul", X, by, shape=shape))


def difference(one, other, args=ARGS):
    return graph_difference(one, other, args)


def test_the_same_formula_is_no_difference():
    made = scaled((ROWS, COLUMNS), COLUMNS)

    assert difference(made, made) == ""


def test_a_size_may_be_a_constant_in_the_other():
    free = scaled((ROWS, COLUMNS), Arithmetic("-", (COLUMNS, 4)))

    assert difference(free, scaled((ROWS, 4), 0)) == ""


def test_a_constant_that_is_another_size_there_is_a_difference():
    assert "mul" in difference(scaled((ROWS, 5), 5), scaled((ROWS, COLUMNS), COLUMNS))


def test_a_constant_that_no_formula_shows_is_none():
    """`int(x.shape[0])` in a message alone."""
    fixed = scaled((5, COLUMNS), 2.0)

    assert difference(fixed, scaled((ROWS, COLUMNS), 2.0)) == ""


def test_sizes_that_are_one_in_the_text_must_be_one():
    """It may name one by the other's tensor."""
    one = graph(tensor("x", (ROWS, ROWS)), method("sin", X, shape=(ROWS, ROWS)))
    other = graph(tensor("x", (ROWS, COLUMNS)), method("sin", X, shape=(ROWS, COLUMNS)))

    assert "argument" in difference(one, other)
    assert difference(one, other, [torch.ones(3, 3)]) == ""


def test_a_computed_size_must_be_what_it_is_there():
    """As of the larger of two parts, which may be equal."""
    larger = Arithmetic("+", (Arithmetic("//", (COLUMNS, 2)), 1))
    whole = tensor("x", (ROWS, COLUMNS))
    one = graph(whole, method("sin", X, shape=(ROWS, larger)))
    other = graph(whole, method("sin", X, shape=(ROWS, Arithmetic("//", (COLUMNS, 2)))))

    assert "sin" in difference(one, other)


def test_another_operation_is_a_difference():
    one = graph(tensor("x", (ROWS,)), method("sin", X, shape=(ROWS,)))
    other = graph(tensor("x", (ROWS,)), method("cos", X, shape=(ROWS,)))

    assert "sin" in difference(one, other, [torch.ones(3)])


def test_so_is_one_more():
    one = graph(tensor("x", (ROWS,)), method("sin", X, shape=(ROWS,)))
    more = graph(tensor("x", (ROWS,)), one[1], method("sin", X, shape=(ROWS,)))

    assert "sin" in difference(one, more, [torch.ones(3)])


def test_whole_shapes_are_those_of_the_same_tensor():
    one = scaled((ROWS, COLUMNS), ShapeOf(X))

    assert difference(one, scaled((ROWS, COLUMNS), ShapeOf(X))) == ""
    assert difference(one, scaled((ROWS, COLUMNS), (3, 4))) != ""
