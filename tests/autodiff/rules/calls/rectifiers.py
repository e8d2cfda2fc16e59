"""Their options, and the points where their pieces meet."""

import torch
import torch.nn.functional as F

from tests.autodiff.rules.samples import call, real

X = real(2, 3, low=-5.0, high=5.0)
MEETING = torch.tensor(
    [-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0, 6.0],
    dtype=torch.float64,
    requires_grad=True,
)

CALLS = {
    "_threshold": [call(F.threshold, real(3, 4), 0.1, 20.0)],
    "hardshrink": (call(F.hardshrink, X, 0.7), call(F.hardshrink, MEETING)),
    "softshrink": (call(F.softshrink, X, 0.7), call(F.softshrink, MEETING)),
    "hardtanh": (call(F.hardtanh, X, -0.3, 0.6), call(F.hardtanh, MEETING)),
    "hardsigmoid": (call(F.hardsigmoid, MEETING),),
    "hardswish": (call(F.hardswish, MEETING),),
    "leaky_relu": (call(F.leaky_relu, X, 0.2), call(F.leaky_relu, MEETING)),
    "relu6": (call(F.relu6, MEETING),),
    "rrelu": (call(F.rrelu, X), call(F.rrelu, X, 0.1, 0.5)),
    "threshold": (call(F.threshold, X, 0.5, 2.0), call(F.threshold, MEETING, 0.5, 2.0)),
}
