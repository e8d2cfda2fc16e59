"""Samples that are ignored, weighted or smoothed, alone and with places behind the classes."""

import torch
import torch.nn.functional as F

from tests.autodiff.rules.samples import call, real

ROWS, IMAGE = real(3, 4), real(2, 3, 4, 2)
CLASSES, LABELS = torch.tensor([1, 0, 3]), torch.tensor([1, -100, 3])
PLACES = torch.tensor([[[0, 1], [2, 2], [1, 0], [0, 0]]] * 2)
WEIGHT = real(4, low=0.1, seed=1)
FIXED = WEIGHT.detach()
SHARES = real(3, 4, low=0.0, high=1.0, seed=2)
MANY = real(2, 3, 4, 2, low=0.0, high=1.0, seed=3)
REDUCTIONS = ("none", "sum", "mean")


def reduced(function, *args, **kwargs):
    return [call(function, *args, **kwargs, reduction=each) for each in REDUCTIONS]


CALLS = {
    "nll_loss": [
        *reduced(F.nll_loss, ROWS, LABELS),
        *reduced(F.nll_loss, ROWS, CLASSES, FIXED, ignore_index=3),
        *reduced(F.nll_loss, IMAGE, PLACES, ignore_index=2),
        call(F.nll_loss, real(4), torch.tensor(2)),
        call(F.nll_loss, ROWS, torch.full((3,), -100)),  # nothing is left
    ],
    "cross_entropy": [
        *reduced(F.cross_entropy, ROWS, LABELS),
        *reduced(F.cross_entropy, ROWS, CLASSES, FIXED, ignore_index=3),
        *reduced(F.cross_entropy, ROWS, LABELS, label_smoothing=0.2),
        *reduced(F.cross_entropy, ROWS, LABELS, FIXED, label_smoothing=0.2),
        *reduced(F.cross_entropy, IMAGE, PLACES, ignore_index=2),
        *reduced(F.cross_entropy, ROWS, SHARES),
        *reduced(F.cross_entropy, ROWS, SHARES, label_smoothing=0.2),
        *reduced(F.cross_entropy, ROWS, SHARES, WEIGHT, label_smoothing=0.2),
        *reduced(F.cross_entropy, IMAGE, MANY, real(3, seed=4)),
        call(F.cross_entropy, real(4), torch.tensor(2)),
        call(F.cross_entropy, real(4), real(4, seed=1), WEIGHT),
        call(F.cross_entropy, ROWS, torch.full((3,), -100)),  # nothing is left
    ],
}
