"""Lookups at every rank of the index."""

import torch
import torch.nn.functional as F

from tests.autodiff.rules.samples import call, real

ROW = torch.tensor(2)
ROWS = torch.tensor([2, 0, 2])
GRID = torch.tensor([[0, 1, 2], [2, 2, 3]])

CALLS = {
    "embedding": [
        *(call(F.embedding, index, real(4, 3)) for index in (ROW, ROWS, GRID)),
        *(call(F.embedding, GRID, real(4, 3), padding_idx=at) for at in (0, 2, -1)),
        call(F.embedding, GRID[None], real(4, 3), -2),
    ],
    "take": [call(torch.take, real(3, 4), index - 3) for index in (ROW, GRID)],
    "take_along_dim": [
        call(torch.take_along_dim, real(3, 1), torch.tensor([[0, -1]]), 0),
        call(torch.take_along_dim, real(1, 4), torch.tensor([[0], [2]]), dim=-1),
        call(torch.take_along_dim, real(3, 4), torch.tensor([[0, 11]])),
    ],
}
