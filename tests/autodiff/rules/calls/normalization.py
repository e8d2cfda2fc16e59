"""One dimension and several, with and without weight and bias."""

import torch.nn.functional as F

from tests.autodiff.rules.samples import call, real

X = real(3, 4, 5)

CALLS = {
    "layer_norm": [
        call(F.layer_norm, X, (5,)),
        call(F.layer_norm, X, (5,), weight=real(5, seed=1), bias=real(5, seed=2)),
        call(F.layer_norm, X, (4, 5), real(4, 5, seed=1), eps=0.1),
    ],
    "rms_norm": [
        call(F.rms_norm, X, (5,)),
        call(F.rms_norm, X, (5,), eps=1e-6),
        call(F.rms_norm, X, (5,), real(5, seed=1), 0.1),
        call(F.rms_norm, X, (4, 5), weight=real(4, 5, seed=1), eps=0.1),
    ],
}
