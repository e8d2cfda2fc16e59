"""Forwards that reach what no call alone does, by the rules that they reach."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from tests.autodiff.rules.samples import Sample, call, real

__all__ = ["FORWARDS"]


def middle(x: Tensor) -> Tensor:
    """Select a place that depends on the size."""
    return x.select(1, x.shape[1] // 2)


def updated(x: Tensor, weight: Tensor, bias: Tensor, mean: Tensor, var: Tensor) -> Any:
    """Normalize, and update what was measured before; not in place of it."""
    update = torch.ops.aten._batch_norm_with_update
    return update(x, weight, bias, mean.clone(), var.clone(), 0.1, 1e-5)


def squared(x: Tensor) -> Tensor:
    """Multiply a tensor with itself."""
    return x * x


X, WEIGHT, BIAS = real(3, 4), real(4, seed=1), real(4, seed=2)
MEAN, VAR = real(4, seed=3).detach(), real(4, low=0.5, seed=4).detach()
legit = torch._native_batch_norm_legit

FORWARDS: Mapping[str, Sequence[Sample]] = {
    "_batch_norm_with_update": [call(updated, X, WEIGHT, BIAS, MEAN, VAR)],
    "_native_batch_norm_legit": [
        call(legit, X, WEIGHT, BIAS, True, 0.1, 1e-5),
        call(legit, X, WEIGHT, BIAS, MEAN, VAR, False, 0.1, 1e-5),
    ],
    "mul": [call(squared, X)],
    "select": [call(middle, real(3, 6))],
}
