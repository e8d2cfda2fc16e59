"""Dropouts that keep the mean and the variance, and some that drop nothing, or everything."""

import torch.nn.functional as F

from tests.autodiff.rules.samples import call, real

X = real(3, 4, 5)

CALLS = {
    "alpha_dropout": [
        call(F.alpha_dropout, X, 0.4, True),
        call(F.alpha_dropout, X, 0.4),
        call(F.alpha_dropout, X, 1.0, True),
    ],
    "dropout": [call(F.dropout, X, 0.4, False), call(F.dropout, X, 0.0)],
    "feature_alpha_dropout": [
        call(F.feature_alpha_dropout, X, 0.4, True),
        call(F.feature_alpha_dropout, X, 0.0, True),
    ],
}
