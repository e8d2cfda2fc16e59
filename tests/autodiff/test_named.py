"""The user's numbers, by name: arithmetic keeps it, and a look at the value is noted."""

import math
import operator

import pytest
import torch

from layergen.autodiff.adapter import Sandbox
from layergen.autodiff.named import named, number_of, numbers_kept, plain
from layergen.ir.graph import Arithmetic, Scalar

EPS, K = Scalar("eps"), Scalar("k")


@pytest.fixture
def eps():
    return named(0.5, "eps")


@pytest.fixture
def size():
    """A symbolic size, 7 in the example."""
    sandbox = Sandbox()
    return sandbox.fake(torch.zeros(7), "x").shape[0]


def op(symbol, *operands):
    return Arithmetic(symbol, operands)


def looks_of(ask):
    """Name the arguments that something looks at."""
    with numbers_kept() as looks:
        ask()
        return [each.names for each in looks]


@pytest.mark.parametrize(
    ("function", "symbol"),
    [
        (operator.add, "+"),
        (operator.sub, "-"),
        (operator.mul, "*"),
        (operator.truediv, "/"),
        (operator.floordiv, "//"),
        (operator.mod, "%"),
        (operator.pow, "**"),
    ],
)
def test_an_operator_keeps_the_name_on_either_side(eps, function, symbol):
    assert number_of(function(eps, 2)) == op(symbol, EPS, 2)
    assert number_of(function(2, eps)) == op(symbol, 2, EPS)
    assert plain(function(eps, 2)) == function(0.5, 2)
    assert plain(function(2, eps)) == function(2, 0.5)


def test_a_number_of_two_names_keeps_both(eps):
    assert number_of(eps * named(3, "k")) == op("*", EPS, K)


def test_arithmetic_of_arithmetic_keeps_its_order(eps):
    assert number_of((eps + 1) * 2) == op("*", op("+", EPS, 1), 2)


def test_a_minus_sign_keeps_the_name(eps):
    assert number_of(-eps) == op("neg", EPS)
    assert plain(-eps) == -0.5


def test_an_int_stays_one():
    k = named(3, "k")

    assert isinstance(k, int)
    assert number_of(k + 1) == op("+", K, 1)
    assert type(plain(k + 1)) is int


def test_a_plain_number_is_its_own():
    assert number_of(2.0) == 2.0
    assert plain(2.0) == 2.0


def test_arithmetic_of_a_size_keeps_both(eps, size):
    with numbers_kept():
        assert number_of(eps * size).op == "*"
        assert number_of(size * eps).operands[1] == EPS
        assert plain(size * eps) == 3.5


def test_arithmetic_of_sizes_alone_stays_torch_s(size):
    with numbers_kept():
        assert isinstance(size * 2, torch.SymInt)


@pytest.mark.parametrize("function", ["sqrt", "exp", "log", "tanh"])
def test_a_function_of_math_keeps_the_name(eps, function):
    with numbers_kept():
        found = getattr(math, function)(eps)

    assert number_of(found) == op(f"math.{function}", EPS)
    assert plain(found) == getattr(math, function)(0.5)


def test_a_function_of_math_keeps_a_size(size):
    with numbers_kept():
        found = math.sqrt(size)

    assert number_of(found).op == "math.sqrt"
    assert plain(found) == math.sqrt(7)


def test_math_is_its_own_again_afterwards(eps):
    before = math.sqrt
    with numbers_kept():
        assert math.sqrt is not before

    assert math.sqrt is before
    assert math.sqrt(4.0) == 2.0


def test_plain_numbers_go_through_math_as_ever():
    with numbers_kept():
        assert math.sqrt(4.0) == 2.0
        assert math.log(8, 2) == 3.0


@pytest.mark.parametrize(
    "ask",
    [
        lambda eps: eps > 0,
        lambda eps: eps == 0.5,
        lambda eps: sorted([eps, 1.0]),
        bool,
        int,
        float,
        round,
        abs,
        math.floor,
        lambda eps: max(eps, 1.0),
    ],
)
def test_a_look_at_the_value_is_noted(eps, ask):
    assert set(looks_of(lambda: ask(eps))) == {("eps",)}


def test_a_look_at_what_was_made_of_numbers_names_them_all(eps):
    made = eps * named(3, "k")

    assert looks_of(lambda: made > 1) == [("eps", "k")]


def test_arithmetic_looks_at_nothing(eps):
    assert looks_of(lambda: math.sqrt((2 * eps + 1) ** 2) / eps) == []


def test_what_was_looked_at_before_is_forgotten(eps):
    assert looks_of(lambda: eps > 0)
    assert looks_of(lambda: None) == []


def test_a_number_may_be_a_key_without_a_look(eps):
    assert looks_of(lambda: hash(eps)) == []
    assert hash(eps) == hash(named(0.5, "eps"))
