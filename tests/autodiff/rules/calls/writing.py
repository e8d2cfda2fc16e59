"""Slices written into a copy, and where the database leaves a way of calling out."""

import torch

from tests.autodiff.rules.samples import call, real

ROWS = torch.tensor([2, 0, -1])
MASK = torch.tensor([[True, False, True], [False, False, True]])

CALLS = {
    "index_fill": [
        call(torch.index_fill, real(3, 4), 0, ROWS % 3, 0.5),
        call(torch.index_fill, real(3, 4), 0, torch.tensor([1, 1]), real()),
    ],
    "index_put": [
        call(torch.index_put, real(3, 4), (ROWS,), real(3, 4, seed=1)),
        call(torch.index_put, real(3, 4), (ROWS,), real(4, seed=1), accumulate=True),
        call(torch.index_put, real(3, 4), (ROWS, ROWS), real(seed=1), True),
    ],
    "masked_scatter": [
        call(torch.masked_scatter, real(2, 3), MASK, real(5, seed=1)),
        call(torch.masked_scatter, real(3), MASK, real(2, 3, seed=1)),
        call(torch.masked_scatter, real(4, 2, 3), MASK[0], real(4, 4, seed=1)),
    ],
    "slice_scatter": [
        call(torch.slice_scatter, real(3, 4), real(2, 4, seed=1), 0, 1),
        call(torch.slice_scatter, real(3, 4), real(3, 2, seed=1), -1, None, None, 2),
        call(torch.slice_scatter, real(3, 4), real(3, 2, seed=1), dim=1, end=-2),
        call(torch.slice_scatter, real(3, 4, 2), real(3, 2, 2, seed=1), -2, -3, -1),
    ],
}
