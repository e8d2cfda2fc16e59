"""Torch's symbolic sizes in our own terms."""

import pytest
import sympy
from torch.utils._sympy import functions as of_torch

from layergen.autodiff.symbols import UnknownNumber, as_number
from layergen.ir.graph import Arithmetic, Size

S0, S1 = sympy.symbols("s0 s1", integer=True, positive=True)
N, M = Size("s0"), Size("s1")


def op(symbol, *operands):
    return Arithmetic(symbol, operands)


@pytest.mark.parametrize(
    ("expression", "number"),
    [
        (3, 3),
        (0.5, 0.5),
        (sympy.Integer(3), 3),
        (sympy.Float(0.5), 0.5),
        (sympy.Rational(1, 2), 0.5),
        (S0, N),
    ],
)
def test_a_number_is_itself(expression, number):
    found = as_number(expression)

    assert found == number
    assert type(found) is type(number)


@pytest.mark.parametrize(
    ("expression", "number"),
    [
        (S0 + S1, op("+", N, M)),
        (S0 - S1, op("-", N, M)),
        (S0 - 1, op("-", N, 1)),
        (1 - S0, op("-", 1, N)),
        (S0 - 2 * S1, op("-", N, op("*", 2, M))),
        (2 * S0, op("*", 2, N)),
        (2 * S0 * S1, op("*", op("*", 2, N), M)),
        (S0**2, op("**", N, 2)),
        (of_torch.FloorDiv(S0, 2), op("//", N, 2)),
        (of_torch.Mod(S0, 2), op("%", N, 2)),
        (of_torch.Max(S0, 5), op("max", 5, N)),
        (of_torch.Min(S0, 5), op("min", 5, N)),
        (of_torch.IntTrueDiv(S0, S1), op("/", N, M)),
        (of_torch.FloatTrueDiv(of_torch.ToFloat(S0), 2.0), op("/", N, 2.0)),
        (of_torch.FloatPow(of_torch.ToFloat(S0), 0.5), op("**", N, 0.5)),
        (of_torch.OpaqueUnaryFn_sqrt(S0), op("math.sqrt", N)),
        (
            of_torch.CeilToInt(of_torch.IntTrueDiv(S0, 2)),
            op("math.ceil", op("/", N, 2)),
        ),
    ],
)
def test_arithmetic_is_spelled_as_python_s(expression, number):
    assert as_number(expression) == number


@pytest.mark.parametrize(
    "expression",
    [
        S0 - S1 - 3,
        -S0 - S1,
        -2 * S0 + S1,
        of_torch.FloorDiv(S0 + 2 * S1 - 1, 3) + 1,
        of_torch.Mod(S0 * S1, 7) * (S0 - 3),
        of_torch.Max(S0 - S1, 1),
        S0**2 * S1 - S0 * S1**2,
    ],
)
def test_arithmetic_has_the_value_of_the_expression(expression):
    values = {S0: 11, S1: 4}

    found = evaluated(as_number(expression), {N: 11, M: 4})

    assert found == sympy.sympify(expression).subs(values)


def evaluated(number, sizes):
    if isinstance(number, Size):
        return sizes[number]
    if not isinstance(number, Arithmetic):
        return number
    operands = [evaluated(each, sizes) for each in number.operands]
    if number.op == "max":
        return max(operands)
    return eval(f"a {number.op} b", dict(zip("ab", operands, strict=True)))


def test_a_function_that_python_has_not_is_refused_by_name():
    with pytest.raises(UnknownNumber, match="gamma"):
        as_number(sympy.gamma(S0))
