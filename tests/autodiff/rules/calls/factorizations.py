"""Batches of batches, and values without their vectors."""

import torch

from tests.autodiff.rules.samples import Sample, real


def symmetric(*shape):
    drawn = real(*shape).detach()
    return (drawn + drawn.mT).requires_grad_()


def sizes(out):
    """Leave the vectors' signs aside, which are free."""
    return tuple(each.abs() for each in out)


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
        *(
            Sample(torch.linalg.svd, (real(*shape),), {"full_matrices": False}, sizes)
            for shape in ((2, 3, 5), (2, 5, 3), (2, 2, 3, 5))
        ),
    ],
    "svd": [
        Sample(torch.svd, (real(3, 4),), {"compute_uv": False}, lambda out: out[1]),
    ],
}
