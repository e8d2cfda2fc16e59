"""Exponentials and logarithms, and what is made of them."""

import math
from collections.abc import Mapping
from typing import Any, Final

import torch
from torch import Tensor

from layergen.autodiff.rules.operand import conjugate, into
from layergen.autodiff.rules.rule import Rule

__all__ = ["COMPLEX", "ELEMENTWISE", "RULES"]

ELEMENTWISE: Final = True
COMPLEX = frozenset({"exp"})


def exp(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, exp."""
    return (grad * conjugate(out),)


def exp2(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, exp2."""
    return (grad * out * math.log(2),)


def expm1(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, expm1."""
    return (grad * (out + 1),)


def log(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, log."""
    return (grad / input,)


def log2(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, log2."""
    return (grad / (input * math.log(2)),)


def log10(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, log10."""
    return (grad / (input * math.log(10)),)


def log1p(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, log1p."""
    return (grad / (input + 1),)


def logaddexp(grad: Tensor, out: Tensor, input: Tensor, other: Tensor) -> Any:
    """Source: derivatives.yaml, logaddexp: each one's share of the sum, as a sigmoid."""
    return grad * torch.sigmoid(input - other), grad * torch.sigmoid(other - input)


def logaddexp2(grad: Tensor, out: Tensor, input: Tensor, other: Tensor) -> Any:
    """Source: derivatives.yaml, logaddexp2: 2 ** (input - out) is each one's share."""
    return grad * torch.exp2(input - out), grad * torch.exp2(other - out)


def xlogy(grad: Tensor, out: Tensor, input: Any, other: Any) -> Any:
    """Source: derivatives.yaml, xlogy: input * log(other), and 0 where input is."""
    if not isinstance(input, Tensor):
        return None, grad * input / other
    by_input = torch.xlogy(grad, other)
    if not isinstance(other, Tensor):
        return (by_input,)
    constant = (input == 0) & (other <= 0)
    return by_input.masked_fill(constant, 0), grad * input / other


def xlog1py(grad: Tensor, out: Tensor, input: Any, other: Any) -> Any:
    """Source: derivatives.yaml, special_xlog1py: input * log1p(other), and 0 where input is."""
    if not isinstance(input, Tensor):
        return None, grad * input / (other + 1)
    by_input = torch.special.xlog1py(grad, other)
    if not isinstance(other, Tensor):
        return (by_input,)
    constant = (input == 0) & (other <= -1)
    return by_input.masked_fill(constant, 0), into(other, grad * input / (other + 1))


def entropy(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, special_entr: -input * log(input)."""
    return (-grad * (1 + input.log()),)


def sigmoid(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, sigmoid."""
    return (grad * out * (1 - out),)


def logit(grad: Tensor, out: Tensor, input: Tensor, eps: float | None = None) -> Any:
    """Source: derivatives.yaml, logit: log(input / (1 - input)), input clamped by eps."""
    if eps is None:
        return (grad / (input * (1 - input)),)
    inside = (input >= eps) & (input <= 1 - eps)
    return (grad * torch.where(inside, 1 / (input * (1 - input)), 0),)


RULES: Mapping[str, Rule] = {
    "exp": exp,
    "exp2": exp2,
    "expm1": expm1,
    "log": log,
    "log10": log10,
    "log1p": log1p,
    "log2": log2,
    "logaddexp": logaddexp,
    "logaddexp2": logaddexp2,
    "logit": logit,
    "sigmoid": sigmoid,
    "special.entr": entropy,
    "special.xlog1py": xlog1py,
    "xlogy": xlogy,
}
