"""Powers and roots."""

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

import torch
from torch import Tensor

from layergen.autodiff.rules.operand import into
from layergen.autodiff.rules.rule import Rule, is_literal

__all__ = ["ELEMENTWISE", "RULES"]

ELEMENTWISE: Final = True


def power(grad: Tensor, out: Tensor, input: Any, exponent: Any) -> Any:
    """Source: derivatives.yaml, pow."""
    if is_literal(exponent, 2):
        return (2 * grad * input,)
    return _power_rule(operator.pow, grad, out, input, exponent)


def float_power(grad: Tensor, out: Tensor, input: Any, exponent: Any) -> Any:
    """Source: derivatives.yaml, pow, in double precision."""
    return _power_rule(torch.float_power, grad, out, input, exponent)


def _power_rule(
    raised: Callable[[Any, Any], Tensor],
    grad: Tensor,
    out: Tensor,
    input: Any,
    exponent: Any,
) -> Any:
    """Differentiate a power by its base and by its exponent."""
    if not isinstance(exponent, Tensor):
        if is_literal(exponent, 0):
            return (None,)
        return (exponent * grad * raised(input, exponent - 1),)
    if not isinstance(input, Tensor):
        return None, grad * torch.xlogy(out, input)
    # 0 * 0 ** -1 is nan, and log(0) infinite, where the power itself is constant.
    by_base = torch.where(exponent == 0, 0, exponent * raised(input, exponent - 1))
    by_exponent = torch.where(input == 0, 0, out * input.log())
    # and so is 0 times a gradient that is infinite
    return torch.where(exponent == 0, 0, grad * by_base), grad * by_exponent


def square(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, pow."""
    return (2 * grad * input,)


def sqrt(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, sqrt."""
    return (grad / (2 * out),)


def rsqrt(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, rsqrt."""
    return (-0.5 * grad * out**3,)


def reciprocal(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, reciprocal."""
    return (-grad * out**2,)


def hypot(grad: Tensor, out: Tensor, input: Tensor, other: Tensor) -> Any:
    """Source: derivatives.yaml, hypot."""
    return grad * input / out, grad * other / out


def ldexp(grad: Tensor, out: Tensor, input: Tensor, other: Tensor) -> Any:
    """Source: derivatives.yaml, ldexp: input * 2 ** other."""
    return torch.ldexp(grad, other), into(other, grad * out * math.log(2))


RULES: Mapping[str, Rule] = {
    "float_power": float_power,
    "hypot": hypot,
    "ldexp": ldexp,
    "pow": power,
    "reciprocal": reciprocal,
    "rsqrt": rsqrt,
    "sqrt": sqrt,
    "square": square,
}
