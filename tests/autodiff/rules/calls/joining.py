"""Tensors of several ranks joined, and copies along any dimension."""

import torch
from torch import Tensor

from tests.autodiff.rules.samples import call, real

CALLS = {
    "column_stack": [
        call(torch.column_stack, [real(3), real(3, seed=1)]),
        call(torch.column_stack, [real(3), real(3, 2, seed=1)]),
    ],
    "dstack": [call(torch.dstack, [real(3, 4), real(3, 4, 2, seed=1)])],
    "hstack": [
        call(torch.hstack, [real(), real(3, seed=1)]),
        call(torch.hstack, [real(2, 3, 4), real(2, 5, 4, seed=1)]),
    ],
    "repeat": [
        call(Tensor.repeat, real(3, 4), 2, 1, 3),
        call(Tensor.repeat, real(3), repeats=(2, 1)),
    ],
    "repeat_interleave": [
        call(torch.repeat_interleave, real(3, 4), 2, 0),
        call(torch.repeat_interleave, real(3, 4), 2, dim=-1),
        call(torch.repeat_interleave, real(3, 4), 3),
    ],
    "tile": [
        call(Tensor.tile, real(3, 4), 2, 1, 3),
        call(Tensor.tile, real(2, 3, 4), 2, 3),
    ],
    "vstack": [
        call(torch.vstack, [real(3), real(3, seed=1)]),
        call(torch.vstack, [real(3), real(2, 3, seed=1)]),
    ],
}
