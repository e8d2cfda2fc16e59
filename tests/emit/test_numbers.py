"""Numbers: a size is read off a tensor, and what binds loosely stands in parentheses."""

import math

import pytest

from layergen.emit.numbers import NumberPrinter, factors
from layergen.ir.graph import Arithmetic, Limit, Scalar, Size, SizeAt

N, M = Size("n"), Size("m")
EPS = Scalar("eps")
HALF = Arithmetic("//", (N, 2))
PLACES = {N: "x.shape[0]", M: "x.shape[-1]", HALF: "y.shape[0]"}


def op(symbol, *operands):
    return Arithmetic(symbol, operands)


def neg(operand):
    return op("neg", operand)


def counted(sizes):
    """Find x (n, m) by its number of elements."""
    return "x.numel()" if set(sizes) == {N, M} else ""


def printed(number):
    places = NumberPrinter(
        size_of=lambda size: PLACES.get(size, ""),
        scalar_of=lambda scalar: scalar.name,
        count_of=counted,
        shape_of=lambda shape: "x.shape",
    )
    return places.text(number)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (op("*", op("+", EPS, 1), 2), "(eps + 1) * 2"),
        (op("+", op("*", EPS, 1), 2), "eps * 1 + 2"),
        (op("-", op("-", EPS, 1), 2), "eps - 1 - 2"),
        (op("-", EPS, op("-", 1, 2)), "eps - (1 - 2)"),
        (op("-", op("+", EPS, 1), 2), "eps + 1 - 2"),
        (op("+", op("-", EPS, 1), 2), "eps - 1 + 2"),
        (op("+", EPS, op("-", 1, 2)), "eps + (1 - 2)"),
        (op("%", op("//", EPS, 2), 3), "eps // 2 % 3"),
        (op("*", op("%", EPS, 2), 3), "eps % 2 * 3"),
        (op("//", op("/", EPS, 2), 3), "eps / 2 // 3"),
        (op("/", EPS, op("*", 2, 3)), "eps / (2 * 3)"),
        (op("/", op("*", EPS, 2), 3), "eps * 2 / 3"),
        (op("%", EPS, op("//", 7, 3)), "eps % (7 // 3)"),
        (op("**", op("**", EPS, 2), 3), "(eps ** 2) ** 3"),
        (op("**", EPS, op("**", 2, 3)), "eps ** 2 ** 3"),
        (op("**", op("*", EPS, 2), 3), "(eps * 2) ** 3"),
    ],
)
def test_an_operator_binds_its_operands_as_python_does(number, text):
    assert printed(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (neg(EPS), "-eps"),
        (neg(op("+", EPS, 1)), "-(eps + 1)"),
        (neg(op("*", EPS, 2)), "-(eps * 2)"),
        (neg(op("**", EPS, 2)), "-eps ** 2"),
        (op("**", neg(EPS), 2), "(-eps) ** 2"),
        (op("-", 1, neg(EPS)), "1 - -eps"),
    ],
)
def test_a_minus_sign_binds_tighter_than_all_but_a_power(number, text):
    assert printed(number) == text


@pytest.mark.parametrize("base", [-2, -2.0, -0.0, -math.inf])
def test_a_negative_base_of_a_power_stands_in_parentheses(base):
    assert printed(op("**", base, 2)).startswith("(-")


def test_a_negative_number_is_a_factor_without_parentheses():
    assert printed(op("*", -0.5, EPS)) == "-0.5 * eps"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (math.inf, "math.inf"),
        (-math.inf, "-math.inf"),
        (math.nan, "math.nan"),
        (1e-5, "1e-05"),
        (3, "3"),
        (3.0, "3.0"),
    ],
)
def test_a_literal_is_what_python_reads_back(number, text):
    assert printed(number) == text


def test_a_function_of_numbers_is_called():
    assert printed(op("math.sqrt", op("+", EPS, 1))) == "math.sqrt(eps + 1)"
    assert printed(op("max", N, 1)) == "max(x.shape[0], 1)"


def test_a_size_is_read_off_a_shape():
    assert printed(op("-", N, 1)) == "x.shape[0] - 1"


def test_a_computed_size_is_read_off_a_shape_that_has_it():
    assert printed(op("+", HALF, 1)) == "y.shape[0] + 1"
    assert printed(op("//", M, 2)) == "x.shape[-1] // 2"


def test_a_product_of_all_sizes_is_a_number_of_elements():
    assert printed(op("/", 1, op("*", N, M))) == "1 / x.numel()"


def test_a_size_along_a_named_dimension_is_read_off_the_shape():
    assert printed(op("*", SizeAt((N, M), Scalar("dim")), 2)) == "x.shape[dim] * 2"


def test_a_limit_is_that_of_a_tensor_s_dtype():
    printer = NumberPrinter(lambda _: "", str, counted, str, lambda: "y")

    assert printer.text(op("neg", Limit("max"))) == "-torch.finfo(y.dtype).max"


def test_a_number_of_elements_is_only_that_of_all_sizes():
    assert printed(op("*", N, 2)) == "x.shape[0] * 2"


def test_a_tuple_of_one_has_its_comma():
    printer = NumberPrinter(PLACES.__getitem__, str, counted, str)

    assert printer.sequence([N]) == "(x.shape[0],)"
    assert printer.sequence([N, 3]) == "(x.shape[0], 3)"
    assert printer.sequence([]) == "()"


def test_factors_are_those_of_nested_products():
    assert factors(op("*", op("*", N, 2), M)) == (N, 2, M)
    assert factors(op("+", N, M)) == (op("+", N, M),)
