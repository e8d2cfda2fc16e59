"""Convolutions of sizes that a stride does not divide, in groups, dilated, with even kernels."""

import torch.nn.functional as F

from tests.autodiff.rules.samples import call, real

OPTIONS = (
    {},
    {"stride": 2, "padding": 1},
    {"stride": 3, "groups": 2},
    {"padding": 2, "dilation": 2},
)


def convolutions(function, rank):
    """Take sizes 6 and 7, kernels of 3 and 2, as many channels in as out, batched and alone."""
    for options in OPTIONS:
        weight = real(4, 4 // options.get("groups", 1), *(3, 2, 3)[:rank], seed=1)
        for batch in ((), (2,)):
            x = real(*batch, 4, *(6, 7, 6)[:rank])
            yield call(function, x, weight, real(4, seed=2), **options)


CALLS = {
    "conv1d": [
        *convolutions(F.conv1d, 1),
        call(F.conv1d, real(2, 3, 7), real(4, 3, 4, seed=1), padding="same"),
        call(F.conv1d, real(2, 3, 7), real(4, 3, 4, seed=1), padding="valid"),
    ],
    "conv2d": [
        *convolutions(F.conv2d, 2),
        call(
            F.conv2d,
            real(3, 5, 7),
            real(4, 3, 2, 3, seed=1),
            padding="same",
            dilation=2,
        ),
    ],
    "conv3d": list(convolutions(F.conv3d, 3)),
    "conv_transpose1d": list(convolutions(F.conv_transpose1d, 1)),
    "conv_transpose2d": [
        *convolutions(F.conv_transpose2d, 2),
        call(
            F.conv_transpose2d,
            real(2, 3, 4, 5),
            real(3, 2, 3, 3, seed=1),
            stride=(2, 3),
            padding=1,
            output_padding=1,
        ),
    ],
    "conv_transpose3d": list(convolutions(F.conv_transpose3d, 3)),
}
