"""Vectors among batches, and a layer of one feature."""

import torch
import torch.nn.functional as F

from tests.autodiff.rules.samples import call, real

CALLS = {
    "matmul": [
        call(torch.matmul, real(3), real(2, 2, 3, 4)),
        call(torch.matmul, real(2, 2, 4, 3), real(3)),
    ],
    "linear": [
        call(F.linear, real(3), real(3, seed=1), real(seed=2)),
        call(F.linear, real(2, 4, 3), real(3, seed=1), real(seed=2)),
    ],
}
