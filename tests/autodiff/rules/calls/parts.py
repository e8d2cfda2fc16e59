"""Parts of which some, or all, overlap, and windows over an image."""

import torch
import torch.nn.functional as F

from tests.autodiff.rules.samples import call, real

CALLS = {
    "fold": [
        call(F.fold, real(2, 8, 6), (3, 4), 2),
        call(F.fold, real(2, 18, 4), (7, 7), kernel_size=3, stride=4),
        call(F.fold, real(8, 12), (4, 5), (2, 2)),
    ],
    "narrow": [
        call(torch.narrow, real(3, 4), 0, 1, 2),
        call(torch.narrow, real(3, 4), -1, 0, 2),
        call(torch.narrow, real(3, 4), 1, -3, 2),
        call(torch.narrow, real(3, 4), 1, -2, 2),
        call(torch.narrow, real(3, 4), dim=0, start=0, length=3),
    ],
    "split": [
        call(torch.Tensor.split, real(3, 5), split_size=2, dim=-1),
        call(torch.split, real(3, 5), [1, 4], 1),
    ],
    "tensor_split": [
        call(torch.tensor_split, real(7), (1, 5)),
        call(torch.tensor_split, real(7), (-5, -2)),
        call(torch.tensor_split, real(7), (5, 1)),
        call(torch.tensor_split, real(7), (-1, 3)),
        call(torch.tensor_split, real(7, 2), indices=(2, 9)),
        call(torch.tensor_split, real(2, 7), sections=3, dim=-1),
    ],
    "unfold": [
        call(torch.Tensor.unfold, real(7, 2), 0, 3, 2),
        call(torch.Tensor.unfold, real(2, 7), -1, 2, 1),
        call(torch.Tensor.unfold, real(2, 7, 3), 1, 3, 2),
        call(F.unfold, real(2, 3, 4, 5), 2),
        call(F.unfold, real(3, 5, 5), (2, 3), dilation=1, padding=1, stride=2),
    ],
}
