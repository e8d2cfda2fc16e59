"""Dropouts that keep the mean and the variance, of elements and of channels."""

import torch.nn.functional as F

from tests.autodiff.rules.samples import call, real

X = real(3, 4, 5)

CALLS = {
    "alpha_dropout": [call(F.alpha_dropout, X, 0.4, True)],
    "feature_alpha_dropout": [call(F.feature_alpha_dropout, X, 0.4, True)],
}
