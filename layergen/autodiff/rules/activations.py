"""Smooth activations."""

import math
from collections.abc import Mapping
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import Tensor

from layergen.autodiff.rules.rule import Rule, is_literal

__all__ = ["ELEMENTWISE", "RULES"]

ELEMENTWISE: Final = True
SELU_ALPHA = 1.6732632423543772  # Klambauer et al. 2017, "Self-normalizing networks"
SELU_SCALE = 1.0507009873554805
CUBIC = 0.044715  # Hendrycks and Gimpel 2016, "Gaussian error linear units"


def elu(
    grad: Tensor, out: Tensor, input: Tensor, alpha: float = 1.0, inplace: bool = False
) -> Any:
    """Source: derivatives.yaml, elu: below 0 the slope is alpha * exp(input), or out + alpha."""
    return (torch.where(input > 0, grad, grad * (out + alpha)),)


def selu(grad: Tensor, out: Tensor, input: Tensor, inplace: bool = False) -> Any:
    """Source: derivatives.yaml, elu."""
    below = out + SELU_SCALE * SELU_ALPHA
    return (grad * torch.where(input > 0, SELU_SCALE, below),)


def celu(
    grad: Tensor, out: Tensor, input: Tensor, alpha: float = 1.0, inplace: bool = False
) -> Any:
    """Source: derivatives.yaml, elu: below 0 the slope is exp(input / alpha)."""
    return (torch.where(input > 0, grad, grad * (out / alpha + 1)),)


def gelu(grad: Tensor, out: Tensor, input: Tensor, *, approximate: str = "none") -> Any:
    """Source: derivatives.yaml, gelu: input * cdf(input) has the slope cdf + input * pdf."""
    if approximate == "tanh":
        return _gelu_tanh(grad, input)
    cdf = 0.5 * (1 + torch.erf(input / math.sqrt(2)))
    pdf = torch.exp(-(input**2) / 2) / math.sqrt(2 * math.pi)
    return (grad * (cdf + input * pdf),)


def _gelu_tanh(grad: Tensor, input: Tensor) -> Any:
    """Differentiate input * (1 + tanh(inner)) / 2."""
    scale = math.sqrt(2 / math.pi)
    tanh = torch.tanh(scale * (input + CUBIC * input**3))
    slope = scale * (1 + 3 * CUBIC * input**2)
    return (0.5 * grad * (1 + tanh + input * (1 - tanh**2) * slope),)


def silu(grad: Tensor, out: Tensor, input: Tensor, inplace: bool = False) -> Any:
    """Source: derivatives.yaml, silu: input * sigmoid(input)."""
    sigmoid = torch.sigmoid(input)
    return (grad * (sigmoid + out * (1 - sigmoid)),)


def mish(grad: Tensor, out: Tensor, input: Tensor, inplace: bool = False) -> Any:
    """Source: derivatives.yaml, mish: input * tanh(softplus(input))."""
    tanh = torch.tanh(F.softplus(input))
    return (grad * (tanh + input * torch.sigmoid(input) * (1 - tanh**2)),)


def softplus(
    grad: Tensor, out: Tensor, input: Tensor, beta: float = 1, threshold: float = 20
) -> Any:
    """Source: derivatives.yaml, softplus: log(1 + exp(beta * input)) / beta, then linear.

    Above 20, the default threshold, the sigmoid is 1 to nine digits.
    """
    scaled = input if is_literal(beta, 1) else beta * input
    slope = grad * torch.sigmoid(scaled)
    if is_literal(threshold, 20):
        return (slope,)
    return (torch.where(scaled > threshold, grad, slope),)


def logsigmoid(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, log_sigmoid_forward."""
    return (grad * torch.sigmoid(-input),)


def tanhshrink(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: the chain rule, on input - tanh(input)."""
    return (grad * torch.tanh(input) ** 2,)


def softsign(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: the chain rule, on input / (1 + |input|)."""
    return (grad / (1 + input.abs()) ** 2,)


RULES: Mapping[str, Rule] = {
    "celu": celu,
    "elu": elu,
    "gelu": gelu,
    "logsigmoid": logsigmoid,
    "mish": mish,
    "selu": selu,
    "silu": silu,
    "softplus": softplus,
    "softsign": softsign,
    "tanhshrink": tanhshrink,
}
