"""Evaluate arithmetic on numbers, and conditions on sizes."""

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from layergen.ir.gradients import Condition
from layergen.ir.graph import Arithmetic, Number

__all__ = ["computed", "holds", "near"]

RELATIVE = 1e-9  # far above float64's rounding, far below a step to another number
OPERATORS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "/": lambda a, b: a / b,
        "//": lambda a, b: a // b,
        "%": lambda a, b: a % b,
        "**": lambda a, b: a**b,
        "neg": lambda a: -a,
        "abs": abs,
        "int": int,
        "max": max,
        "min": min,
        "round": round,
    }
)

RELATIONS: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType(
    {
        "==": operator.eq,
        "!=": operator.ne,
        "<=": operator.le,
        "<": operator.lt,
        ">=": operator.ge,
        ">": operator.gt,
    }
)


def computed(op: str, values: Sequence[Any]) -> Any:
    """Apply an operator, or a function of math."""
    if op.startswith("math."):
        return getattr(math, op.removeprefix("math."))(*values)
    return OPERATORS[op](*values)


def near(own: Any, other: Any) -> bool:
    """Compare two numbers."""
    if isinstance(other, bool) or not isinstance(other, int | float):
        return False
    both_nan = own != own and other != other
    return both_nan or math.isclose(own, other, rel_tol=RELATIVE)


def holds(condition: Condition, given: Mapping[str, Any]) -> bool:
    """Tell whether a condition on sizes holds; not where a tensor lacks the dimension.

    Args:
        condition: on the sizes of arguments.
        given: the arguments by their names; one that is None has no sizes to break it.
    """
    if any(given[place.argument] is None for _, place in condition.places):
        return True
    try:
        sizes: Mapping[Any, int] = {
            size: given[place.argument].shape[place.index]
            for size, place in condition.places
        }
    except IndexError:
        return False

    def value(number: Number) -> Any:
        if isinstance(number, Arithmetic):
            return computed(number.op, [value(each) for each in number.operands])
        return sizes.get(number, number)

    try:
        return RELATIONS[condition.op](value(condition.left), value(condition.right))
    except ZeroDivisionError:
        return False
