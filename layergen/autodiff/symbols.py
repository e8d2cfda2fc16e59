"""Sizes as symbols: torch's symbolic numbers, brought into our own terms."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import sympy

from layergen.ir.graph import Arithmetic, Number, Size

__all__ = ["UnknownNumber", "as_number", "as_relation"]

FUNCTIONS: Mapping[str, str] = MappingProxyType(
    {
        "FloorDiv": "//",
        "CleanDiv": "//",
        "Mod": "%",
        "PythonMod": "%",
        "FloatTrueDiv": "/",
        "IntTrueDiv": "/",
        "FloatPow": "**",
        "PowByNatural": "**",
        "Pow": "**",
        "Abs": "abs",
        "Max": "max",
        "Min": "min",
        "OpaqueUnaryFn_sqrt": "math.sqrt",
        "OpaqueUnaryFn_log": "math.log",
        "OpaqueUnaryFn_exp": "math.exp",
        "RoundToInt": "round",
        "TruncToInt": "int",
        "FloorToInt": "math.floor",
        "CeilToInt": "math.ceil",
    }
)


RELATIONS: Mapping[type, str] = MappingProxyType(
    {
        sympy.Eq: "==",
        sympy.Ne: "!=",
        sympy.Le: "<=",
        sympy.Lt: "<",
        sympy.Ge: ">=",
        sympy.Gt: ">",
    }
)
TURNED: Mapping[str, str] = MappingProxyType(
    {"<=": ">=", "<": ">", ">=": "<=", ">": "<"}
)


class UnknownNumber(Exception):
    """A size was computed in a way that has no plain spelling."""


def as_number(expression: Any) -> Number:
    """Turn a sympy expression over sizes into plain data.

    Raises:
        UnknownNumber: It holds a function that we don't know.
    """
    if isinstance(expression, int | float):
        return expression
    if expression.is_Integer:
        return int(expression)
    if expression.is_Float or expression.is_Rational:
        return float(expression)
    if expression.is_Symbol:
        return Size(str(expression.name))
    if isinstance(expression, sympy.Add):
        return total(expression)
    if isinstance(expression, sympy.Mul):
        return folded(
            "*", [as_number(each) for each in expression.as_ordered_factors()]
        )
    name = type(expression).__name__
    if name in ("ToFloat", "Identity"):
        return as_number(expression.args[0])
    if name not in FUNCTIONS:
        raise UnknownNumber(str(expression))
    return Arithmetic(FUNCTIONS[name], tuple(map(as_number, expression.args)))


def as_relation(expression: Any) -> tuple[str, Number, Number]:
    """Turn a comparison of sizes into plain data: `x >= 3`, and not `-x <= -3`.

    Raises:
        UnknownNumber: It is none, or holds a function that we don't know.
    """
    if type(expression) not in RELATIONS:
        raise UnknownNumber(str(expression))
    op = RELATIONS[type(expression)]
    terms = sympy.Add.make_args(sympy.expand(expression.lhs - expression.rhs))
    negative = [each for each in terms if each.could_extract_minus_sign()]
    left = sympy.Add(*(each for each in terms if each not in negative))
    right = sympy.Add(*(-each for each in negative))
    if not left.free_symbols:
        op, left, right = TURNED.get(op, op), right, left
    if (op, right) == ("<=", 0):  # of what is never below 0
        op = "=="
    return op, as_number(left), as_number(right)


def total(expression: Any) -> Number:
    """Add the terms, those with a minus sign last: `n - 1`, and not `-1 + n`."""
    terms = expression.as_ordered_terms()
    negative = [each for each in terms if each.could_extract_minus_sign()]
    positive = [each for each in terms if each not in negative]
    if not positive:
        return folded("+", [as_number(each) for each in terms])
    made = folded("+", [as_number(each) for each in positive])
    for each in negative:
        made = Arithmetic("-", (made, as_number(-each)))
    return made


def folded(op: str, operands: list[Number]) -> Number:
    """Apply an operator from left to right."""
    made = operands[0]
    for each in operands[1:]:
        made = Arithmetic(op, (made, each))
    return made
