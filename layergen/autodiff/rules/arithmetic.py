"""Sums, products and quotients, element by element."""

from collections.abc import Mapping
from typing import Any, Final

import torch
from torch import Tensor

from layergen.autodiff.rules.adjoint import scaled
from layergen.autodiff.rules.operand import conjugate, into
from layergen.autodiff.rules.rule import Rule

__all__ = ["COMPLEX", "ELEMENTWISE", "RULES"]

# A gradient may be smaller than the output, as long as it broadcasts to it.
ELEMENTWISE: Final = True
COMPLEX = frozenset({"abs", "add", "div", "mul", "neg", "sub"})


def add(grad: Tensor, out: Tensor, input: Any, other: Any, *, alpha: float = 1) -> Any:
    """Source: derivatives.yaml, add."""
    return into(input, grad), into(other, scaled(alpha, grad))


def sub(grad: Tensor, out: Tensor, input: Any, other: Any, *, alpha: float = 1) -> Any:
    """Source: derivatives.yaml, sub."""
    return into(input, grad), into(other, -scaled(alpha, grad))


def mul(grad: Tensor, out: Tensor, input: Any, other: Any) -> Any:
    """Source: derivatives.yaml, mul; of x * x, pow."""
    if other is input:
        return (2 * grad * conjugate(input),)
    return (
        into(input, grad * conjugate(other)),
        into(other, grad * conjugate(input)),
    )


def div(
    grad: Tensor,
    out: Tensor,
    input: Any,
    other: Any,
    *,
    rounding_mode: str | None = None,
) -> Any:
    """Source: derivatives.yaml, div; a quotient that is rounded is constant almost everywhere."""
    if rounding_mode is not None:
        return None, None
    quotient = grad / conjugate(other)
    return into(input, quotient), into(other, -quotient * conjugate(out))


def remainder(grad: Tensor, out: Tensor, input: Any, other: Any) -> Any:
    """Source: derivatives.yaml, remainder: input - floor(input / other) * other."""
    if not isinstance(input, Tensor):
        return NotImplemented
    quotient = torch.div(input, other, rounding_mode="floor")
    return grad, into(other, -grad * quotient)


def fmod(grad: Tensor, out: Tensor, input: Tensor, other: Any) -> Any:
    """Source: derivatives.yaml, fmod: input - trunc(input / other) * other."""
    quotient = torch.div(input, other, rounding_mode="trunc")
    return grad, into(other, -grad * quotient)


def frac(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, frac: input - trunc(input)."""
    return (grad,)


def neg(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, neg."""
    return (-grad,)


def absolute(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, abs; 0 at 0."""
    return (grad * input.sgn(),)


def addcmul(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    tensor1: Tensor,
    tensor2: Tensor,
    *,
    value: float = 1,
) -> Any:
    """Source: derivatives.yaml, addcmul."""
    product = scaled(value, grad)
    return grad, product * tensor2, product * tensor1


def addcdiv(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    tensor1: Tensor,
    tensor2: Tensor,
    *,
    value: float = 1,
) -> Any:
    """Source: derivatives.yaml, addcdiv."""
    quotient = scaled(value, grad) / tensor2
    return grad, quotient, -quotient * tensor1 / tensor2


def lerp(grad: Tensor, out: Tensor, input: Tensor, end: Tensor, weight: Any) -> Any:
    """Source: derivatives.yaml, lerp: input + weight * (end - input)."""
    return grad * (1 - weight), grad * weight, into(weight, grad * (end - input))


RULES: Mapping[str, Rule] = {
    "abs": absolute,
    "add": add,
    "addcdiv": addcdiv,
    "addcmul": addcmul,
    "div": div,
    "fmod": fmod,
    "frac": frac,
    "lerp": lerp,
    "mul": mul,
    "neg": neg,
    "remainder": remainder,
    "sub": sub,
}
