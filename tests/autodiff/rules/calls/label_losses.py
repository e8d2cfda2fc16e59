"""Weights of samples and of classes, at every reduction."""

import torch
import torch.nn.functional as F

from tests.autodiff.rules.samples import call, real

LOGITS = real(3, 4, low=-5.0, high=5.0)
SHARES = real(3, 4, low=0.05, high=0.95, seed=1)
TARGETS = real(3, 4, low=0.0, high=1.0, seed=2)
PER_CLASS = real(4, low=0.1, seed=3).detach()
SIGNS = torch.tensor([[1.0, -1.0, 1.0, -1.0]] * 3, dtype=torch.float64)
REDUCTIONS = ("none", "sum", "mean")


def reduced(function, *args, **kwargs):
    return [call(function, *args, **kwargs, reduction=each) for each in REDUCTIONS]


CALLS = {
    "binary_cross_entropy": [
        *reduced(F.binary_cross_entropy, SHARES, TARGETS),
        *reduced(F.binary_cross_entropy, SHARES, TARGETS, PER_CLASS),
    ],
    "binary_cross_entropy_with_logits": [
        *reduced(F.binary_cross_entropy_with_logits, LOGITS, TARGETS),
        *reduced(
            F.binary_cross_entropy_with_logits,
            LOGITS,
            TARGETS,
            PER_CLASS,
            pos_weight=PER_CLASS + 1,
        ),
    ],
    "soft_margin_loss": reduced(F.soft_margin_loss, LOGITS, SIGNS),
    "multilabel_soft_margin_loss": [
        *reduced(F.multilabel_soft_margin_loss, LOGITS, TARGETS),
        *reduced(
            F.multilabel_soft_margin_loss,
            LOGITS,
            TARGETS,
            PER_CLASS.clone().requires_grad_(),
        ),
        call(F.multilabel_soft_margin_loss, real(4), real(4, seed=1)),
        *reduced(F.multilabel_soft_margin_loss, real(2, 3, 4), real(2, 3, 4, seed=1)),
    ],
}
