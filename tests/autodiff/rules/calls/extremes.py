"""Ties, which share or don't, and values without their indices."""

import torch

from tests.autodiff.rules.calls.moments import alone
from tests.autodiff.rules.samples import call, real

X = real(3, 4, 5)
TIED = torch.tensor([[2.0, 1.0, 2.0], [0.0, 0.0, -1.0]], dtype=torch.float64)
TIED.requires_grad_()

CALLS = {
    "amax": [
        call(torch.amax, TIED),
        call(torch.amax, TIED, -1),
        call(torch.amax, X, (0, -1)),
        call(torch.amax, X, dim=(-1, -3), keepdim=True),
    ],
    "amin": [call(torch.amin, TIED, (0, 1)), call(torch.amin, TIED, 1, True)],
    "aminmax": [
        call(torch.aminmax, TIED),
        call(torch.aminmax, TIED, dim=1),
        alone(torch.aminmax, 0, TIED, dim=0),
        alone(torch.aminmax, 1, TIED, dim=0),
    ],
    "max": [
        call(torch.max, TIED),
        call(torch.max, TIED, 1),
        call(torch.max, X, dim=-2, keepdim=True),
        call(torch.max, TIED, torch.zeros_like(TIED).requires_grad_()),
        call(torch.max, X, other=real(4, 1, seed=1)),
    ],
    "min": [
        call(torch.min, TIED),
        call(torch.min, TIED, 0),
        call(torch.min, TIED, torch.zeros_like(TIED).requires_grad_()),
    ],
    "median": [call(torch.median, TIED), call(torch.median, X, 1)],
    "mode": [call(torch.mode, X, 1)],
    "kthvalue": [call(torch.kthvalue, X, 2, 1, True)],
    "topk": [
        call(torch.topk, X, 2, 1),
        call(torch.topk, X, k=3, largest=False, sorted=False),
    ],
    "sort": [
        call(torch.sort, X, 0, True),
        call(torch.sort, X, stable=True, dim=1, descending=True),
    ],
    "msort": [call(torch.msort, X)],
}
