"""The dimension that torch.nn.functional chooses where none is named, and a dtype."""

import torch
import torch.nn.functional as F

from tests.autodiff.rules.samples import call, real

SHAPES = ((), (4,), (3, 4), (2, 3, 4), (2, 3, 4, 2))


def everywhere(function):
    return [call(function, real(*shape)) for shape in SHAPES]


CALLS = {
    "softmax": [
        *everywhere(F.softmax),
        call(torch.softmax, real(3, 4), -1, torch.float64),
        call(torch.special.softmax, real(3, 4), 0),
        call(torch.softmax, real(2, 6, low=-1e4, high=1e4), dim=-1),
    ],
    "softmin": everywhere(F.softmin),
    "log_softmax": [
        *everywhere(F.log_softmax),
        call(torch.log_softmax, real(3, 4), dim=1),
        call(torch.log_softmax, real(2, 6, low=-1e4, high=1e4), dim=-1),
    ],
}
