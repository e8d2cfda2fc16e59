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
    slope = _by_channel(weight, input.dim())
    by_weight = torch.where(input > 0, 0, grad * input).sum_to_size(slope.shape)
    return torch.where(input > 0, grad, slope * grad), by_weight.reshape(weight.shape)


def _by_channel(weight: Tensor, rank: int) -> Tensor:
    """Shape the weights to broadcast along dim 1; without one, there is one weight."""
    if rank == 0:
        return weight.reshape(())
    return weight.reshape(-1, *[1] * (rank - 2)) if rank > 2 else weight


RULES: Mapping[str, Rule] = {"glu": glu, "prelu": prelu}
