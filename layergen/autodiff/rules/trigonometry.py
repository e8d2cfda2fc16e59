"""Circular and hyperbolic functions, and their inverses."""

import math
from collections.abc import Mapping
from typing import Any, Final

import torch
from torch import Tensor

from layergen.autodiff.rules.rule import Rule

__all__ = ["ELEMENTWISE", "RULES"]

ELEMENTWISE: Final = True


def sin(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, sin."""
    return (grad * torch.cos(input),)


def cos(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, cos."""
    return (-grad * torch.sin(input),)


def tan(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, tan."""
    return (grad * (1 + out**2),)


def asin(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, asin."""
    return (grad * torch.rsqrt(1 - input**2),)


def acos(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, acos."""
    return (-grad * torch.rsqrt(1 - input**2),)


def atan(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, atan."""
    return (grad / (1 + input**2),)


def atan2(grad: Tensor, out: Tensor, input: Tensor, other: Tensor) -> Any:
    """Source: derivatives.yaml, atan2; 0 at the origin."""
    square = input**2 + other**2
    slope = grad / torch.where(square == 0, 1, square)
    return slope * other, -slope * input


def sinh(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, sinh."""
    return (grad * torch.cosh(input),)


def cosh(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, cosh."""
    return (grad * torch.sinh(input),)


def tanh(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, tanh."""
    return (grad * (1 - out**2),)


def asinh(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, asinh."""
    return (grad * torch.rsqrt(input**2 + 1),)


def acosh(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, acosh."""
    return (grad * torch.rsqrt(input**2 - 1),)


def atanh(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, atanh."""
    return (grad / (1 - input**2),)


def sinc(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, sinc: sin(pi x) / (pi x), whose slope at 0 is 0."""
    slope = (torch.cos(math.pi * input) - out) / input
    return (grad * torch.where(input == 0, 0, slope),)


def deg2rad(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, deg2rad: it is linear."""
    return (torch.deg2rad(grad),)


def rad2deg(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, rad2deg: it is linear."""
    return (torch.rad2deg(grad),)


RULES: Mapping[str, Rule] = {
    "acos": acos,
    "acosh": acosh,
    "asin": asin,
    "asinh": asinh,
    "atan": atan,
    "atan2": atan2,
    "atanh": atanh,
    "cos": cos,
    "cosh": cosh,
    "deg2rad": deg2rad,
    "rad2deg": rad2deg,
    "sin": sin,
    "sinc": sinc,
    "sinh": sinh,
    "tan": tan,
    "tanh": tanh,
}
