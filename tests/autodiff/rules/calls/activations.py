"""Their options."""

import torch.nn.functional as F

from tests.autodiff.rules.samples import call, real

X = real(2, 3, low=-5.0, high=5.0)

CALLS = {
    "celu": (call(F.celu, X, 0.7),),
    "elu": (call(F.elu, X, 0.7),),
    "gelu": (call(F.gelu, X), call(F.gelu, X, approximate="tanh")),
    "softplus": (
        call(F.softplus, X, 2),
        call(F.softplus, X, 0.7, 3.5),
        call(F.softplus, X, threshold=1),
    ),
}
