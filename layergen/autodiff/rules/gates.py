"""Activations that are not elementwise: one half gates the other, a weight a channel."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.rules.rule import Rule

__all__ = ["RULES"]


def glu(grad: Tensor, out: Tensor, input: Tensor, dim: int = -1) -> Any:
    """Source: derivatives.yaml, glu: the first half times the sigmoid of the second."""
    half = out.shape[dim]
    gate = torch.sigmoid(input.narrow(dim, half, half))
    return (torch.cat([grad * gate, grad * out * (1 - gate)], dim),)


def prelu(grad: Tensor, out: Tensor, input: Tensor, weight: Tensor) -> Any:
    """Source: derivatives.yaml, _prelu_kernel; a weight for each of dim 1, or one for all."""
    if input.dim() == 0:
        return NotImplemented
    slope = weight.reshape(-1, *[1] * (input.dim() - 2)) if input.dim() > 2 else weight
    by_weight = torch.where(input > 0, 0, grad * input).sum_to_size(slope.shape)
    return torch.where(input > 0, grad, slope * grad), by_weight.reshape(weight.shape)


RULES: Mapping[str, Rule] = {"glu": glu, "prelu": prelu}
