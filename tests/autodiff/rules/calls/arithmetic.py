"""Numbers in the place of tensors, and operands of other dtypes."""

import operator

import torch

from tests.autodiff.rules.samples import call, real

X = real(2, 3)
MASK = real(2, 3, seed=1) > 0

CALLS = {
    "add": (
        call(torch.add, X, 2.5),
        call(torch.add, X, 2.5, alpha=0.5),
        call(operator.add, 2.5, X),
        call(torch.add, X, MASK),
    ),
    "sub": (
        call(torch.sub, X, 2.5),
        call(torch.sub, X, 2.5, alpha=0.5),
        call(operator.sub, 2.5, X),
        call(operator.sub, 2, X),
    ),
    "mul": (
        call(torch.mul, X, 2.5),
        call(torch.mul, X, 3),
        call(torch.mul, X, MASK),
        call(operator.mul, 2.5, X),
        call(torch.mul, X, real(3, seed=1).detach()),
    ),
    "div": (
        call(torch.div, X, 2.5),
        call(torch.div, X, 2),
        call(operator.truediv, 2.5, X),
        call(torch.div, X, 2.5, rounding_mode="floor"),
    ),
    "remainder": (call(torch.remainder, X, 0.7),),
    "fmod": (call(torch.fmod, X, 0.7),),
    "addcmul": (call(torch.addcmul, X, real(3, seed=1), real(2, 1, seed=2), value=3),),
    "lerp": (call(torch.lerp, X, real(3, seed=1), 0.3),),
}
