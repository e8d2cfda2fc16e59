"""Bounds and values that are numbers, or tensors."""

import torch

from tests.autodiff.rules.samples import call, real

X = real(2, 3)
MASK = real(2, 3, seed=1) > 0
LOW, HIGH = real(3, high=0.0, seed=2), real(2, 1, low=0.0, seed=3)

CALLS = {
    "clamp": (
        call(torch.clamp, X, -0.5, 0.5),
        call(torch.clamp, X, min=0.5),
        call(torch.clamp, X, max=0.5),
        call(torch.clamp, X, 0, 1),
        call(torch.clamp, X, LOW, HIGH),
        call(torch.clamp, X, HIGH, LOW),
        call(torch.clamp, X, min=LOW),
        call(torch.clamp, X, max=HIGH),
    ),
    "clamp_min": (call(torch.clamp_min, X, 0.3), call(torch.clamp_min, X, LOW)),
    "clamp_max": (call(torch.clamp_max, X, 0.3), call(torch.clamp_max, X, HIGH)),
    "where": (
        call(torch.where, MASK, X, 0),
        call(torch.where, MASK, -1.5, X),
        call(torch.where, MASK, X, LOW),
    ),
    "masked_fill": (
        call(torch.masked_fill, X, MASK, 0.5),
        call(torch.masked_fill, X, MASK, float("-inf")),
        call(torch.masked_fill, X, MASK, real()),
    ),
    "fill": (call(torch.fill, X, real()),),
    "copysign": (call(torch.copysign, X, -1.5),),
    "nan_to_num": (
        call(torch.nan_to_num, X, 0.5),
        call(
            torch.nan_to_num,
            torch.tensor(
                [float("nan"), float("inf"), -float("inf"), 1.0],
                dtype=torch.float64,
                requires_grad=True,
            ),
        ),
    ),
}
