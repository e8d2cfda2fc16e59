"""Sums and products of a gradient, written with fewer operations."""

import pytest

from layergen.autodiff.factoring import factored
from layergen.ir.graph import Arithmetic, Scalar, Size, Value
from tests.autodiff.products import LEAVES, ROW, G, X, Y, back, written
from tests.emit.graphs import (
    BACKWARD,
    MATRIX,
    ROWS,
    function,
    graph,
    method,
    operator,
    tensor,
)


def test_takes_out_what_two_terms_share():
    nodes = back("mul", G, X), back("mul", G, Y), back("add", Value(4), Value(5))

    assert written(*nodes) == "g * (x + y)"


@pytest.mark.parametrize(
    ("op", "places", "rest"), [("add", (5, 6), "y + 1"), ("sub", (6, 5), "1 - y")]
)
def test_a_term_that_is_shared_whole_leaves_a_one(op, places, rest):
    nodes = back("mul", G, X), back("mul", Value(4), Y), back("mul", G, X)

    assert written(*nodes, back(op, *map(Value, places))) == f"g * x * ({rest})"


def test_factors_no_more_than_saves_an_operation():
    nodes = back("mul", G, X), back("add", Value(4), G)

    assert written(*nodes) == "g * x + g"


def test_takes_out_of_more_than_two_terms():
    nodes = (
        back("mul", G, X),
        back("mul", G, Y),
        back("add", Value(4), Value(5)),
        back("sub", Value(6), G),
    )

    assert written(*nodes) == "g * (x + y - 1)"


def test_adds_like_terms():
    half = operator("mul", X, 0.5)
    nodes = (
        half,
        back("mul", G, Value(4)),
        back("mul", G, X),
        back("mul", Value(6), 0.5),
        back("add", Value(5), Value(7)),
    )

    assert written(*nodes) == "g * x"


def test_leaves_what_cancels_alone():
    """A gradient of 0 * g would lose the shape, and need not be."""
    nodes = back("mul", G, X), back("mul", X, G), back("sub", Value(4), Value(5))

    assert written(*nodes) == "g * x - x * g"


def test_leaves_a_sum_whose_terms_share_nothing():
    nodes = back("mul", G, X), back("mul", Y, Y), back("add", Value(4), Value(5))

    assert written(*nodes) == "g * x + y * y"


def test_leaves_a_product_that_somebody_else_needs():
    nodes = back("mul", G, X), back("mul", G, Y), back("add", Value(4), Value(5))

    assert written(*nodes, also=[4, 5]) == "value_4 + value_5"


def test_brings_numbers_together():
    nodes = back("mul", G, X), back("mul", Value(4), 3), back("mul", Value(5), 0.5)

    assert written(*nodes) == "1.5 * g * x"


def test_leaves_numbers_as_they_are_written_that_are_long_together():
    nodes = back("mul", G, X), back("mul", Value(4), 0.1), back("mul", Value(5), 0.7)

    assert written(*nodes) == "g * x * (0.1 * 0.7)"


def test_divides_a_tensor_by_a_number_that_the_user_passes():
    """Python raises where it divides by 0; a tensor is inf or nan there, as the forward is."""
    nodes = (
        back("mul", G, X),
        back("mul", Value(4), 2),
        back("div", Value(5), Scalar("tau")),
    )

    assert written(*nodes) == "2 * g * x / tau"


def test_multiplies_before_it_divides_what_is_small():
    small = {"shape": (ROWS, 1)}
    total = method("sum", X, -1, True, phase=BACKWARD, **small)
    mean = back("div", Value(4), Scalar("n"), **small)
    nodes = total, mean, back("mul", Y, 2), back("mul", Value(5), Value(6))

    assert written(*nodes) == "2 * x.sum(-1, True) / n * y"


def test_brings_literals_together_beside_a_number_that_the_user_passes():
    nodes = (
        back("mul", G, 3),
        back("div", Value(4), Scalar("tau")),
        back("div", Value(5), 2),
    )

    assert written(*nodes) == "1.5 * g / tau"


def test_takes_out_nothing_that_leaves_a_number_over_another():
    nodes = (
        back("div", G, Scalar("tau")),
        back("mul", G, X),
        back("add", Value(4), Value(5)),
    )

    assert written(*nodes) == "g / tau + g * x"


def test_leaves_a_division_by_a_literal_zero_to_the_tensor():
    nodes = back("mul", G, X), back("mul", Value(4), 2), back("div", Value(5), 0.0)

    assert written(*nodes) == "2 * g * x / 0.0"


def test_divides_by_one_number_as_before():
    assert written(back("mul", G, X), back("div", Value(4), 3)) == "g * x / 3"


def test_multiplies_what_is_small_by_numbers():
    nodes = back("mul", G, ROW), back("mul", Value(4), 3)

    assert written(*nodes) == "g * (3 * row)"


def test_negates_what_is_small():
    assert written(back("mul", G, ROW), back("neg", Value(4))) == "g * -row"


def test_negates_a_product_of_whole_tensors_once():
    assert written(back("mul", G, X), back("neg", Value(4))) == "-(g * x)"


@pytest.mark.parametrize("branches", [(ROW, 0), (0, ROW)])
def test_scales_what_is_chosen_while_it_is_small(branches):
    mask = operator("gt", X, 0, dtype="bool")
    chosen = function("torch.where", Value(4), *branches, phase=BACKWARD)
    text = ", ".join("row / 3" if each is ROW else "0" for each in branches)

    found = written(mask, chosen, back("div", Value(5), 3))

    assert found == f"torch.where(x > 0, {text})"


def test_does_not_scale_what_is_chosen_instead_of_another_number():
    mask = operator("gt", X, 0, dtype="bool")
    chosen = function("torch.where", Value(4), ROW, 1, phase=BACKWARD)

    found = written(mask, chosen, back("div", Value(5), 3))

    assert found == "torch.where(x > 0, row, 1) / 3"


def test_divides_out_a_factor():
    nodes = (
        back("mul", G, X),
        back("div", Value(4), X),
        back("add", Value(5), Y),
    )

    assert written(*nodes, also=[4]) == "g + y"


def test_does_not_divide_out_what_gives_the_shape():
    nodes = back("mul", ROW, X), back("div", Value(4), X)

    assert written(*nodes) == "row * x / x"


def test_begins_with_a_product_that_is_needed_beside_it():
    nodes = (
        back("mul", G, X),
        back("mul", Value(4), Y),
        back("mul", Value(5), Y),
        back("mul", G, Y),
    )
    last = method("f", Value(6), Value(7), phase=BACKWARD)

    assert written(*nodes, last) == "(g * y * x * y).f(g * y)"


def test_leaves_a_sum_of_booleans():
    """There + is `or`, and no number."""
    mask = operator("gt", X, 0, dtype="bool")
    fields = {"dtype": "bool"}
    nodes = (
        mask,
        back("mul", Value(4), Value(4), **fields),
        back("mul", G, Value(4)),
        back("mul", G, Value(5)),
        back("add", Value(6), Value(7)),
    )

    assert written(*nodes) == "g * (x > 0) + g * ((x > 0) * (x > 0))"


def test_opens_nothing_that_was_computed_without_gradients():
    half = operator("mul", X, 0.5, constant=True)
    nodes = half, back("mul", G, Value(4)), back("mul", Value(5), 3)

    assert written(*nodes) == "g * (x * 0.5) * 3"


def test_the_forward_stays():
    nodes = operator("mul", X, Y), operator("mul", X, X)
    made = graph(*LEAVES, *nodes, operator("add", Value(4), Value(5)))

    found, _ = factored(made, range(7))

    assert found == made


def test_sizes_that_may_differ_are_left():
    other = tensor("other", (ROWS, Size("else")))
    nodes = (
        other,
        back("mul", G, X),
        back("mul", G, Value(4)),
        back("add", Value(5), Value(6)),
    )

    assert written(*nodes) == "g * x + g * " + written(other)


def test_a_named_gradient_keeps_its_name():
    nodes = (
        back("mul", G, X),
        back("mul", G, Y),
        back("add", Value(4), Value(5), hint="grad_x"),
    )

    found, places = factored(graph(*LEAVES, *nodes), [0, 1, 2, 3, 6])

    assert found[places[6]].hint == "grad_x"
    assert found[places[6]].shape == MATRIX


def test_numbers_stay_arithmetic():
    nodes = (
        back("mul", G, X),
        back("mul", Value(4), Scalar("a")),
        back("mul", Value(5), 2),
    )

    found, places = factored(graph(*LEAVES, *nodes), [0, 1, 2, 3, 6])

    assert found[places[6]].args[1] == Arithmetic("*", (Scalar("a"), 2))


def test_leaves_what_is_small_as_its_rule_has_it():
    small = {"shape": (ROWS, 1)}
    total = method("sum", X, -1, True, phase=BACKWARD, **small)
    nodes = (
        total,
        back("mul", Value(4), 3, **small),
        back("mul", Value(5), 0.5, **small),
    )

    assert written(*nodes) == "3 * x.sum(-1, True) * 0.5"


def test_leaves_a_small_gradient_that_has_a_name():
    small = {"shape": (ROWS, 1)}
    total = method("sum", X, -1, True, phase=BACKWARD, **small)
    named = back("mul", Value(4), 3, hint="grad_mean", **small)
    half = back("mul", Value(5), 0.5, **small)

    assert written(total, named, half, back("mul", Value(6), X)) == (
        "3 * x.sum(-1, True) * 0.5 * x"
    )
