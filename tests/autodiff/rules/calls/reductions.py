"""Factors that are 0, once and twice, and every way to name the dimensions."""

import torch

from tests.autodiff.rules.calls.scans import HOLED
from tests.autodiff.rules.samples import call, real

X = real(3, 4, 5)
GAPPED = torch.tensor([[1.0, float("nan")], [2.0, 3.0]], dtype=torch.float64)
GAPPED.requires_grad_()

CALLS = {
    "sum": [
        call(torch.sum, X, (0, -1)),
        call(torch.sum, X, [2, 1]),
        call(torch.sum, X, (-1, -3)),
        call(torch.sum, X, []),
        call(torch.sum, X, dim=None, keepdim=True),
        call(torch.sum, real(4, 4, 5), (1, -1)),
    ],
    "nansum": [call(torch.nansum, GAPPED), call(torch.nansum, GAPPED, 1)],
    "prod": [
        call(torch.prod, HOLED),
        call(torch.prod, HOLED, 0),
        call(torch.prod, HOLED, 1),
        call(torch.prod, X, -2, True),
        call(torch.prod, real(), 0),
    ],
    "logsumexp": [
        call(torch.logsumexp, X, (0, 1)),
        call(torch.logsumexp, X, dim=-1, keepdim=True),
    ],
    "trace": [call(torch.trace, real(3, 5)), call(torch.trace, real(4, 2))],
}
