"""Exponents, weights, swapped pairs and every reduction."""

import torch
import torch.nn.functional as F

from tests.autodiff.rules.samples import call, real

X, Y, Z = real(3, 4), real(3, 4, seed=1), real(3, 4, seed=2)
LABELS = torch.tensor([1, 0, 3])
SETS = torch.tensor([[3, 0, -1, 1], [-1, 0, 1, 2], [0, 1, 2, 3]])
SIGNS = torch.tensor([1.0, -1.0, 1.0], dtype=torch.float64)
REDUCTIONS = ("none", "sum", "mean")


def reduced(function, *args, **kwargs):
    return [call(function, *args, **kwargs, reduction=each) for each in REDUCTIONS]


CALLS = {
    "cosine_embedding_loss": [
        *reduced(F.cosine_embedding_loss, X, Y, SIGNS, margin=-0.5),
        call(F.cosine_embedding_loss, real(4), real(4, seed=1), torch.tensor(-1.0)),
    ],
    "hinge_embedding_loss": reduced(
        F.hinge_embedding_loss, X, SIGNS.unsqueeze(-1), margin=0.5
    ),
    "margin_ranking_loss": reduced(
        F.margin_ranking_loss, X, Y, SIGNS.unsqueeze(-1), margin=0.5
    ),
    "multi_margin_loss": [
        *reduced(F.multi_margin_loss, X, LABELS, p=2, margin=0.5),
        *reduced(F.multi_margin_loss, X, LABELS, weight=real(4).detach()),
        call(F.multi_margin_loss, real(4), torch.tensor(2)),
    ],
    "multilabel_margin_loss": [
        *reduced(F.multilabel_margin_loss, X, SETS),
        call(F.multilabel_margin_loss, real(4), SETS[0]),
    ],
    "triplet_margin_loss": [
        *reduced(F.triplet_margin_loss, X, Y, Z, margin=3.0, swap=True),
        call(F.triplet_margin_loss, X, Y, Z, p=1, eps=0.1),
    ],
}
