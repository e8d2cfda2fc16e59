"""Conversions, and what the database calls otherwise."""

import torch
from torch import Tensor

from tests.autodiff.rules.samples import call, real

CALLS = {
    "broadcast_tensors": [
        call(torch.broadcast_tensors, real(3, 1), real(4), real(2, 1, 1)),
        call(torch.broadcast_tensors, real(3)),
    ],
    "movedim": [
        call(torch.movedim, real(2, 3, 4), 0, 2),
        call(torch.movedim, real(2, 3, 4), (0, 1), (-1, 0)),
    ],
    "permute": [
        call(torch.permute, real(2, 3, 4), (1, 2, 0)),
        call(torch.permute, real(2, 3, 4), dims=(-1, 0, -2)),
        call(Tensor.permute, real(2, 3, 4), -1, 0, -2),
    ],
    "expand": [
        call(Tensor.expand, real(3, 1), (2, 3, 4)),
        call(Tensor.expand, real(1, 3, 1), (2, 2, 3, 4)),
    ],
    "reshape": [call(Tensor.view, real(3, 4), (2, -1))],
    "squeeze": [
        call(torch.squeeze, real(3, 1, 4), 1),
        call(torch.squeeze, real(3, 1, 4), -1),
        call(torch.squeeze, real(1, 3, 1), (0, -1)),
        call(torch.squeeze, real(1, 3, 1), dim=(0, 1)),
        call(torch.squeeze, real()),
    ],
    "type": [call(Tensor.type, real(3), torch.float64)],
    "type_as": [call(Tensor.type_as, real(3), real(2))],
    "unflatten": [
        call(torch.unflatten, real(3, 8, 2), 1, (2, -1)),
        call(torch.unflatten, real(3, 2, 8), -1, (2, 2, 2)),
        call(torch.unflatten, real(8, 3), -2, (-1, 2)),
        call(torch.unflatten, real(8), 0, (8,)),
    ],
}
