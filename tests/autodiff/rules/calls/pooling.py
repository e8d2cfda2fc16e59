"""Pools of windows that overlap, are dilated or hang over the end, of one image and of a batch."""

import torch.nn.functional as F

from tests.autodiff.rules.samples import call, real

SHAPES = ((3, 7, 6, 5), (2, 3, 7, 6, 5))


def pools(function, rank, *options):
    return [
        call(function, real(*shape[: len(shape) - 3 + rank]), **each)
        for each in options
        for shape in SHAPES
    ]


def maxima(function, rank, **extra):
    return pools(
        function,
        rank,
        {"kernel_size": 2, **extra},
        {"kernel_size": 3, "stride": 1, "padding": 1, **extra},
        {"kernel_size": 2, "stride": 2, "dilation": 2, "ceil_mode": True, **extra},
    )


def means(function, rank):
    return pools(
        function,
        rank,
        {"kernel_size": 2},
        {"kernel_size": 3, "stride": 2, "padding": 1},
        {"kernel_size": 3, "padding": 1, "count_include_pad": False},
        {"kernel_size": 2, "stride": 3, "ceil_mode": True},
        {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True},
    )


MAX_POOLS = (F.max_pool1d, F.max_pool2d, F.max_pool3d)
ADAPTIVE_MAX_POOLS = (
    F.adaptive_max_pool1d,
    F.adaptive_max_pool2d,
    F.adaptive_max_pool3d,
)
ADAPTIVE_AVERAGES = (
    F.adaptive_avg_pool1d,
    F.adaptive_avg_pool2d,
    F.adaptive_avg_pool3d,
)

CALLS = {
    f"max_pool{rank}d": maxima(function, rank)
    for rank, function in enumerate(MAX_POOLS, 1)
}
CALLS |= {
    f"max_pool{rank}d_with_indices": maxima(function, rank, return_indices=True)
    for rank, function in enumerate(MAX_POOLS, 1)
}
CALLS |= {
    f"adaptive_max_pool{rank}d_with_indices": pools(
        function, rank, {"output_size": 3, "return_indices": True}
    )
    for rank, function in enumerate(ADAPTIVE_MAX_POOLS, 1)
}
CALLS |= {
    f"avg_pool{rank}d": means(function, rank)
    for rank, function in enumerate((F.avg_pool1d, F.avg_pool2d, F.avg_pool3d), 1)
}
CALLS |= {
    f"adaptive_avg_pool{rank}d": pools(
        function, rank, {"output_size": 1}, {"output_size": 4}
    )
    for rank, function in enumerate(ADAPTIVE_AVERAGES, 1)
}
CALLS["avg_pool2d"] += pools(
    F.avg_pool2d,
    2,
    {"kernel_size": (2, 3), "stride": (1, 2), "divisor_override": 5},
)
CALLS["adaptive_avg_pool2d"] += pools(
    F.adaptive_avg_pool2d, 2, {"output_size": (None, 3)}, {"output_size": (1, 2)}
)
CALLS |= {
    f"lp_pool{rank}d": pools(
        function,
        rank,
        {"norm_type": 3.0, "kernel_size": 2},
        {"norm_type": 2, "kernel_size": 3, "stride": 1, "ceil_mode": True},
    )
    for rank, function in enumerate((F.lp_pool1d, F.lp_pool2d, F.lp_pool3d), 1)
}
