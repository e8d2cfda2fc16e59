"""Batches of batches, and values without their vectors."""

import torch

from tests.autodiff.rules.samples import Sample, real


def symmetric(*shape):
    drawn = real(*shape).detach()
    return (drawn + drawn.mT).requires_grad_()


CALLS = {
    "linalg.eigh": [
        Sample(torch.linalg.eigh, (symmetric(3, 3),), {}, lambda out: out[0]),
        Sample(
            torch.linalg.eigh,
            (symmetric(2, 3, 3),),
            {},
            lambda out: (out[0], out[1].abs()),
        ),
    ],
    "linalg.svd": [
        Sample(torch.linalg.svd, (real(2, 2, 3, 4),), {}, lambda out: out[1]),
    ],
}
