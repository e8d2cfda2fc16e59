"""Factors that are 0, once and twice, and what is put before and behind a difference."""

import torch

from tests.autodiff.rules.samples import call, real

X = real(3, 4, 5)
HOLED = torch.tensor(
    [[2.0, 0.0, 3.0, -1.0], [0.0, 2.0, 0.0, 4.0], [1.0, 2.0, 3.0, 0.0]],
    dtype=torch.float64,
).requires_grad_()

CALLS = {
    "cumsum": [call(torch.cumsum, X, -2), call(torch.cumsum, X, dim=0)],
    "cumprod": [
        call(torch.cumprod, HOLED, 1),
        call(torch.cumprod, HOLED, 0),
        call(torch.cumprod, X, dim=-2),
    ],
    "logcumsumexp": [
        call(torch.logcumsumexp, X, 1),
        call(torch.logcumsumexp, real(2, 6, low=-9e3, high=9e3), -1),
    ],
    "cummax": [call(torch.cummax, X, 1), call(torch.cummax, HOLED, -1)],
    "cummin": [call(torch.cummin, X, 1), call(torch.cummin, HOLED, -1)],
    "diff": [
        call(torch.diff, X),
        call(torch.diff, X, 3),
        call(torch.diff, X, n=2, dim=1),
        call(torch.diff, X, 1, 0, real(2, 4, 5, seed=1)),
        call(torch.diff, X, dim=1, append=real(3, 1, 5, seed=1)),
        call(torch.diff, X, 2, 1, real(3, 4, 5, seed=1), real(3, 2, 5, seed=2)),
    ],
}
