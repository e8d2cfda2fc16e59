"""Products of factors that are 0: one at a place, and two."""

import torch

from tests.autodiff.rules.samples import call, real

ROWS = torch.tensor([0, 1, 0, 0, 1])
INDEX = ROWS.unsqueeze(1).expand(5, 3)


def without(kept):
    """Put zeros where nothing is kept."""
    return (real(5, 3) * kept).detach().requires_grad_()


ONE_ZERO = without(torch.arange(15).reshape(5, 3) != 7)
TWO_ZEROS = without(torch.tensor([[0], [1], [1], [0], [1]]))
ZEROS = torch.zeros(5, 3).double().requires_grad_()

CALLS = {
    "scatter": [
        call(torch.scatter, real(2, 4), 1, torch.tensor([[0, 3], [1, 2]]), value)
        for value in (2.5, real(2, 2, seed=1))
    ],
    "scatter_reduce": [
        call(torch.scatter_reduce, real(2, 3, seed=1), 0, INDEX, source, "prod", **own)
        for source in (ONE_ZERO, TWO_ZEROS, ZEROS)
        for own in ({}, {"include_self": False})
    ],
    "index_reduce": [
        call(torch.index_reduce, real(2, 3, seed=1), 0, ROWS, source, "prod")
        for source in (ONE_ZERO, TWO_ZEROS)
    ],
}
