"""Activations made of straight pieces."""

from collections.abc import Mapping
from typing import Any, Final

import torch
from torch import Tensor

from layergen.autodiff.rules.rule import Rule

__all__ = ["ELEMENTWISE", "RULES"]

ELEMENTWISE: Final = True


def relu(grad: Tensor, out: Tensor, input: Tensor, inplace: bool = False) -> Any:
    """Source: derivatives.yaml, relu; 0 at 0."""
    return (torch.where(out > 0, grad, 0),)


def relu6(grad: Tensor, out: Tensor, input: Tensor, inplace: bool = False) -> Any:
    """Source: derivatives.yaml, hardtanh, between 0 and 6."""
    return (torch.where((input > 0) & (input < 6), grad, 0),)


def hardtanh(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    min_val: float = -1.0,
    max_val: float = 1.0,
    inplace: bool = False,
) -> Any:
    """Source: derivatives.yaml, hardtanh; 0 at the bounds."""
    return (torch.where((input > min_val) & (input < max_val), grad, 0),)


def leaky_relu(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    negative_slope: float = 0.01,
    inplace: bool = False,
) -> Any:
    """Source: derivatives.yaml, leaky_relu; the slope at 0 is that of the left."""
    return (torch.where(input > 0, grad, negative_slope * grad),)


def rrelu(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    lower: float = 1 / 8,
    upper: float = 1 / 3,
    training: bool = False,
    inplace: bool = False,
) -> Any:
    """Source: derivatives.yaml, rrelu_with_noise; in training it draws its slopes."""
    if training:
        return NotImplemented
    return (torch.where(input > 0, grad, (lower + upper) / 2 * grad),)


def threshold(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    threshold: float,
    value: float,
    inplace: bool = False,
) -> Any:
    """Source: derivatives.yaml, threshold."""
    return (torch.where(input > threshold, grad, 0),)


def hardsigmoid(grad: Tensor, out: Tensor, input: Tensor, inplace: bool = False) -> Any:
    """Source: derivatives.yaml, hardsigmoid: relu6(input + 3) / 6."""
    return (torch.where((input > -3) & (input < 3), grad / 6, 0),)


def hardswish(grad: Tensor, out: Tensor, input: Tensor, inplace: bool = False) -> Any:
    """Source: derivatives.yaml, hardswish: input * relu6(input + 3) / 6."""
    inner = torch.where(input > -3, grad * (input / 3 + 0.5), 0)
    return (torch.where(input < 3, inner, grad),)


def hardshrink(grad: Tensor, out: Tensor, input: Tensor, lambd: float = 0.5) -> Any:
    """Source: derivatives.yaml, hardshrink and softshrink; 0 at lambd."""
    return (torch.where(input.abs() > lambd, grad, 0),)


RULES: Mapping[str, Rule] = {
    "hardshrink": hardshrink,
    "hardsigmoid": hardsigmoid,
    "hardswish": hardswish,
    "hardtanh": hardtanh,
    "leaky_relu": leaky_relu,
    "relu": relu,
    "relu6": relu6,
    "rrelu": rrelu,
    "softshrink": hardshrink,
    "_threshold": threshold,  # as F.threshold calls itself
    "threshold": threshold,
}
