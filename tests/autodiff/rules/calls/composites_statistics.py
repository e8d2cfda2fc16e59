"""Weights of the input's own dtype; the database's are narrower."""

import torch

from tests.autodiff.rules.samples import call, real

OFTEN = torch.tensor([1, 2, 1, 3])
MUCH = real(4, low=0.5, high=2.0, seed=1)

CALLS = {
    "cov": [
        call(torch.cov, real(3, 4), aweights=MUCH),
        call(torch.cov, real(3, 4), correction=0, fweights=OFTEN, aweights=MUCH),
        call(torch.cov, real(4), aweights=MUCH),
    ],
}
