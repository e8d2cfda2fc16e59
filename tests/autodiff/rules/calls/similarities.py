"""Distances of points that coincide, and batches that broadcast."""

import torch
import torch.nn.functional as F

from tests.autodiff.rules.samples import call, real

POINTS = real(3, 4)
TWICE = torch.cat([POINTS.detach()[:2], real(2, 4, seed=1).detach()]).requires_grad_()

CALLS = {
    "cdist": [
        call(torch.cdist, real(5, 4), real(3, 4, seed=1)),
        call(torch.cdist, real(2, 5, 4), real(2, 3, 4, seed=1), p=2),
        call(torch.cdist, real(2, 5, 4), real(3, 4, seed=1)),
        call(torch.cdist, POINTS, TWICE),
    ],
    "cosine_similarity": [
        call(F.cosine_similarity, real(3, 4), real(3, 4, seed=1), dim=-1),
        call(F.cosine_similarity, real(3, 4, 5), real(4, 1, seed=1), dim=1),
        call(F.cosine_similarity, real(3, 1), real(3, 4, seed=1)),
    ],
}
