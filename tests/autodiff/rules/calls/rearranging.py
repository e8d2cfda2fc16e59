"""Dimensions given one by one."""

from torch import Tensor

from tests.autodiff.rules.samples import call, real

CALLS = {"flip": [call(Tensor.flip, real(3, 4, 2), 0, -1)]}
