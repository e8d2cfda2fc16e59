"""Weights, targets that broadcast, and bounds that meet."""

import torch
import torch.nn.functional as F

from tests.autodiff.rules.samples import call, real

X, Y, ROW = real(3, 4), real(3, 4, seed=1), real(4, seed=2)
WEIGHT = real(3, 4, low=0.1, seed=3)
COUNTS = torch.tensor([[0.5, 1.0, 2.0, 3.5]], dtype=torch.float64).requires_grad_()
REDUCTIONS = ("none", "sum", "mean")


def reduced(function, *args, **kwargs):
    return [call(function, *args, **kwargs, reduction=each) for each in REDUCTIONS]


CALLS = {
    "mse_loss": [
        *reduced(F.mse_loss, X, ROW),
        *reduced(F.mse_loss, X, Y, weight=WEIGHT),
    ],
    "l1_loss": reduced(F.l1_loss, X, ROW),
    "smooth_l1_loss": [
        *reduced(F.smooth_l1_loss, X, ROW, beta=0.7),
        *reduced(F.smooth_l1_loss, X, Y, beta=0),
    ],
    "huber_loss": [
        *reduced(F.huber_loss, X, ROW, delta=0.7),
        *reduced(F.huber_loss, X, Y, weight=WEIGHT),
    ],
    "kl_div": [
        *reduced(F.kl_div, X, ROW, log_target=True),
        *reduced(F.kl_div, X, WEIGHT),
        *reduced(F.kl_div, ROW, WEIGHT),
        call(F.kl_div, X, WEIGHT, reduction="batchmean"),
        call(F.kl_div, real(), WEIGHT[0, 0].detach(), reduction="batchmean"),
    ],
    "poisson_nll_loss": [
        *reduced(F.poisson_nll_loss, X, COUNTS, full=True),
        *reduced(F.poisson_nll_loss, ROW, COUNTS.expand(3, 4)),
        *reduced(F.poisson_nll_loss, X[:, :1], COUNTS),
        *reduced(F.poisson_nll_loss, WEIGHT, COUNTS, log_input=False, eps=0.1),
    ],
}
