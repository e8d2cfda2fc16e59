"""Numbers in the place of a base or an exponent."""

import operator

import torch

from tests.autodiff.rules.samples import call, real

X = real(2, 3)
POSITIVE = real(2, 3, low=0.1)

CALLS = {
    "pow": (
        *(call(operator.pow, X, exponent) for exponent in (0, 1, 2, 3, -1, 2.0)),
        *(call(operator.pow, POSITIVE, exponent) for exponent in (0.5, -1.5)),
        *(call(operator.pow, base, X) for base in (2, 2.5, 1)),
        call(operator.pow, X, torch.tensor([2, 0, 3])),
    ),
    "float_power": (
        call(torch.float_power, X, 2),
        call(torch.float_power, X, 0),
        call(torch.float_power, 2.5, X),
    ),
}
