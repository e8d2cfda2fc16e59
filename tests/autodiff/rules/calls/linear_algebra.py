"""Vectors beside matrices, and names that the operator database leaves out."""

import torch

from tests.autodiff.rules.samples import call, real

A = real(2, 3, 3)

CALLS = {
    "slogdet": [call(torch.slogdet, A)],
    "linalg.solve": [
        call(torch.linalg.solve, A, real(3, seed=1)),
        call(torch.linalg.solve, A, real(2, 3, seed=1)),
        call(torch.linalg.solve, A, real(3, 4, seed=1)),
        call(torch.linalg.solve, A, real(4, 3, seed=1), left=False),
    ],
}
