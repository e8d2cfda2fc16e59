"""The numbers of a gradient's products: brought together, as a sign, or left out."""

from layergen.ir.graph import Value
from tests.autodiff.products import G, X, Y, back, written
from tests.emit.graphs import BACKWARD, ROWS, method


def test_brings_numbers_together_of_what_is_small_within_a_whole():
    small = {"shape": (ROWS, 1)}
    total = method("sum", X, -1, True, phase=BACKWARD, **small)
    nodes = (
        total,
        back("mul", Value(4), 3, **small),
        back("mul", Value(5), 0.5, **small),
    )

    assert written(*nodes, back("mul", Value(6), X)) == "1.5 * x.sum(-1, True) * x"


def test_numbers_that_make_minus_1_are_a_sign():
    half = back("mul", G, -0.5)
    nodes = half, back("mul", Value(4), X), back("mul", Value(5), 2)

    assert written(*nodes, back("add", Y, Value(6))) == "y - g * x"


def test_numbers_that_make_1_are_left_out():
    nodes = back("mul", G, 0.5), back("mul", Value(4), X), back("mul", Value(5), 2)

    assert written(*nodes) == "g * x"


def test_a_sign_goes_into_a_number():
    nodes = back("mul", G, X), back("neg", Value(4)), back("mul", Value(5), 3)

    assert written(*nodes) == "-3 * g * x"


def test_numbers_cancel_that_something_is_divided_by():
    nodes = (
        back("mul", Y, 2),
        back("div", G, Value(4)),
        back("mul", Value(5), X),
        back("mul", Value(6), 2),
    )

    assert written(*nodes) == "g * x / y"


def test_a_quotient_of_a_scaled_tensor_stays_where_nothing_is_won():
    assert written(back("mul", Y, 2), back("div", G, Value(4))) == "g / (2 * y)"


def test_a_scaled_divisor_stays_that_somebody_else_needs():
    nodes = back("mul", Y, 2), back("div", G, Value(4)), back("mul", Value(5), 2)

    assert written(*nodes, also=[4]) == "g / value_4 * 2"


def test_does_not_take_a_product_apart_that_something_is_divided_by():
    nodes = back("mul", X, Y), back("div", G, Value(4)), back("mul", Value(5), 2)

    assert written(*nodes) == "g / (x * y) * 2"
