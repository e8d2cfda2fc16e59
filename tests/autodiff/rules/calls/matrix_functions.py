"""Powers that torch has a short way for, and those that it has none for."""

import torch

from tests.autodiff.rules.samples import call, real

CALLS = {
    "linalg.matrix_power": [
        call(torch.linalg.matrix_power, real(2, 3, 3), n) for n in (1, 2, 5, -2)
    ],
    "matrix_exp": [
        call(torch.matrix_exp, real(*many, 3, 3)) for many in ((2,), (2, 2))
    ],
    "linalg.vander": [call(torch.linalg.vander, real(2, 3), N=n) for n in (None, 5)],
    "linalg.cond": [call(torch.linalg.cond, real(2, 3, 3), p) for p in (None, -2)],
}
