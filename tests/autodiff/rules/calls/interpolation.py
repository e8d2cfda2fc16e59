"""Factors that divide nothing, up and down, in every mode."""

import torch.nn.functional as F

from tests.autodiff.rules.samples import call, real

LINEAR = ("linear", "bilinear", "trilinear")


def resampled(rank, **options):
    return call(F.interpolate, real(2, 3, *(5, 4, 3)[:rank]), **options)


CALLS = {
    "interpolate": [
        resampled(rank, mode=mode, **how)
        for mode in ("nearest", "nearest-exact", "area")
        for rank in (1, 2, 3)
        for how in ({"scale_factor": 2}, {"scale_factor": 1.7}, {"size": 3})
    ]
    + [
        resampled(rank, mode=LINEAR[rank - 1], align_corners=align_corners, **how)
        for rank in (1, 2, 3)
        for align_corners in (None, False, True)
        for how in ({"scale_factor": 2.5}, {"size": 3})
    ]
    + [
        resampled(2, mode=mode, antialias=antialias, **how)
        for mode in ("bilinear", "bicubic")
        for antialias in (False, True)
        for how in (
            {"scale_factor": (0.6, 1.5)},
            {"size": (3, 7)},
            {"scale_factor": 1.3, "recompute_scale_factor": True},
        )
    ]
    + [resampled(2, scale_factor=(2, 3.0), mode="nearest")],
    "pixel_shuffle": [call(F.pixel_shuffle, real(8, 3, 5), 2)],
    "pixel_unshuffle": [call(F.pixel_unshuffle, real(2, 2, 4, 6), 2)],
    "channel_shuffle": [call(F.channel_shuffle, real(2, 6, 3, 4), 2)],
    "affine_grid": [
        call(F.affine_grid, real(2, 2, 3), (2, 3, 4, 5)),
        call(F.affine_grid, real(2, 2, 3), (2, 3, 4, 5), align_corners=True),
        call(F.affine_grid, real(2, 3, 4), (2, 3, 4, 5, 3), align_corners=False),
    ],
}
