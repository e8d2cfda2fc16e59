"""Vectors beside matrices, and names that the operator database leaves out."""

from operator import itemgetter

import torch

from tests.autodiff.rules.samples import Sample, call, real

A, MANY = real(2, 3, 3), real(2, 2, 3, 3, seed=2)

CALLS = {
    "det": [call(torch.det, MANY)],
    "inverse": [call(torch.inverse, A)],  # the database's is linalg.inv
    "logdet": [call(torch.logdet, MANY @ MANY.mT)],
    "slogdet": [call(torch.slogdet, A), call(torch.slogdet, MANY)],
    "linalg.solve": [
        call(torch.linalg.solve, A, real(3, seed=1)),
        call(torch.linalg.solve, A, real(2, 3, seed=1)),
        call(torch.linalg.solve, A, real(3, 4, seed=1)),
        call(torch.linalg.solve, A, real(4, 3, seed=1), left=False),
    ],
    "triangular_solve": [
        Sample(torch.triangular_solve, (real(2, 3, 4, seed=1), A), {}, itemgetter(at))
        for at in (0, 1)
    ],
}
