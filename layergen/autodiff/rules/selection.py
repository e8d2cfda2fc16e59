"""Choices between elements: the gradient goes where the value came from."""

from collections.abc import Mapping
from typing import Any, Final

import torch
from torch import Tensor

from layergen.autodiff.rules.operand import into
from layergen.autodiff.rules.rule import Rule

__all__ = ["COMPLEX", "ELEMENTWISE", "RULES"]

ELEMENTWISE: Final = True
COMPLEX = frozenset({"masked_fill", "where"})


def where(
    grad: Tensor, out: Tensor, condition: Tensor, input: Any = None, other: Any = None
) -> Any:
    """Source: derivatives.yaml, where."""
    if condition.dtype is not torch.bool:  # the method: input.where(condition, other)
        return NotImplemented
    return (
        None,
        into(input, torch.where(condition, grad, 0)),
        into(other, torch.where(condition, 0, grad)),
    )


def masked_fill(
    grad: Tensor, out: Tensor, input: Tensor, mask: Tensor, value: Any
) -> Any:
    """Source: derivatives.yaml, masked_fill."""
    return grad.masked_fill(mask, 0), None, into(value, torch.where(mask, grad, 0))


def fill(grad: Tensor, out: Tensor, input: Tensor, value: Any) -> Any:
    """Source: derivatives.yaml, fill."""
    return None, into(value, grad)


def maximum(grad: Tensor, out: Tensor, input: Tensor, other: Tensor) -> Any:
    """Source: derivatives.yaml, maximum; a tie shares."""
    half = grad / 2
    return (
        torch.where(input == other, half, torch.where(input > other, grad, 0)),
        torch.where(input == other, half, torch.where(input < other, grad, 0)),
    )


def minimum(grad: Tensor, out: Tensor, input: Tensor, other: Tensor) -> Any:
    """Source: derivatives.yaml, minimum; a tie shares."""
    half = grad / 2
    return (
        torch.where(input == other, half, torch.where(input < other, grad, 0)),
        torch.where(input == other, half, torch.where(input > other, grad, 0)),
    )


def fmax(grad: Tensor, out: Tensor, input: Tensor, other: Tensor) -> Any:
    """Source: derivatives.yaml, fmax and fmin; a tie goes to input."""
    return torch.where(out == input, grad, 0), torch.where(out == input, 0, grad)


def clamp(
    grad: Tensor, out: Tensor, input: Tensor, min: Any = None, max: Any = None
) -> Any:
    """Source: derivatives.yaml, clamp; it passes at the bounds."""
    if max is None:
        return clamp_min(grad, out, input, min)
    if min is None:
        by_input, by_max = clamp_max(grad, out, input, max)
        return by_input, None, by_max
    inside = (input >= min) & (input <= max)
    by_min = by_max = None
    if isinstance(min, Tensor):
        by_min = torch.where((input < min) & (min < max), grad, 0)
    if isinstance(max, Tensor):
        by_max = torch.where((input > max) | (max < min), grad, 0)
    return torch.where(inside, grad, 0), by_min, by_max


def clamp_min(grad: Tensor, out: Tensor, input: Tensor, min: Any) -> Any:
    """Source: derivatives.yaml, clamp_min."""
    return (
        torch.where(input >= min, grad, 0),
        into(min, torch.where(input < min, grad, 0)),
    )


def clamp_max(grad: Tensor, out: Tensor, input: Tensor, max: Any) -> Any:
    """Source: derivatives.yaml, clamp_max."""
    return (
        torch.where(input <= max, grad, 0),
        into(max, torch.where(input > max, grad, 0)),
    )


def nan_to_num(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    nan: float | None = None,
    posinf: float | None = None,
    neginf: float | None = None,
) -> Any:
    """Source: derivatives.yaml, nan_to_num."""
    return (torch.where(torch.isfinite(input), grad, 0),)


def copysign(grad: Tensor, out: Tensor, input: Tensor, other: Any) -> Any:
    """Source: derivatives.yaml, copysign; 0 at 0."""
    return (grad * input.sign() * out.sign(),)


RULES: Mapping[str, Rule] = {
    "clamp": clamp,
    "clamp_max": clamp_max,
    "clamp_min": clamp_min,
    "copysign": copysign,
    "fill": fill,
    "fmax": fmax,
    "fmin": fmax,
    "masked_fill": masked_fill,
    "maximum": maximum,
    "minimum": minimum,
    "nan_to_num": nan_to_num,
    "where": where,
}
