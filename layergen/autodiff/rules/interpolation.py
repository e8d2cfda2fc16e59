"""Resampling of images, and channels that become places."""

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from layergen.autodiff.rules.rule import Rule
from layergen.autodiff.rules.separable import adjoint_of, matrix_of
from layergen.autodiff.rules.sliding import each_of

__all__ = ["RULES"]

PLANAR = frozenset({"bilinear", "bicubic"})
ALONG_ONE: Mapping[str, str] = MappingProxyType(
    {"bilinear": "linear", "trilinear": "linear"}
)


def interpolate(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Any:
    """Source: the chain rule: every mode is a linear map along each dimension alone."""
    rank = input.dim() - 2
    factors = each_of(scale_factor, rank)
    if mode == "nearest" and all(map(_is_whole, factors)):
        return _summed_blocks(grad, [int(each) for each in factors])
    options = _options(mode, align_corners, recompute_scale_factor, antialias)
    sizes = zip(each_of(size, rank), factors, input.shape[2:], strict=True)
    matrices = [
        matrix_of(partial(_resampled, to, factor, options), length, grad)
        for to, factor, length in sizes
    ]
    return (adjoint_of(matrices, grad),)


def _is_whole(factor: Any) -> bool:
    """Tell whether a factor was written as a whole number."""
    return type(factor) in (int, float) and factor == int(factor)


def _summed_blocks(grad: Tensor, factors: Sequence[int]) -> Any:
    """Sum over the copies of each pixel."""
    blocks: Any = grad
    for place, factor in enumerate(reversed(factors)):
        blocks = blocks.unflatten(-1 - 2 * place, (-1, factor))
    return (blocks.sum(tuple(range(-1, -2 * len(factors), -2))),)


def _options(
    mode: str, align_corners: bool | None, recompute: bool | None, antialias: bool
) -> dict[str, Any]:
    """Translate the options to one dimension, and keep those that were given."""
    options = {
        "mode": mode if antialias else ALONG_ONE.get(mode, mode),
        "align_corners": align_corners,
        "recompute_scale_factor": recompute,
        "antialias": antialias or None,
    }
    return {name: each for name, each in options.items() if each is not None}


def _resampled(
    size: Any, factor: Any, options: Mapping[str, Any], unit: Tensor
) -> Tensor:
    """Resample along the last dimension; the modes of images want another one, which stays."""
    if options["mode"] not in PLANAR:
        return F.interpolate(unit[None], size, factor, **options)[0]
    sizes = None if size is None else (unit.shape[0], size)
    factors = None if factor is None else (1, factor)
    return F.interpolate(unit[None, None], sizes, factors, **options)[0, 0]


def pixel_shuffle(grad: Tensor, out: Tensor, input: Tensor, upscale_factor: int) -> Any:
    """Source: derivatives.yaml, pixel_shuffle."""
    return (F.pixel_unshuffle(grad, upscale_factor),)


def pixel_unshuffle(
    grad: Tensor, out: Tensor, input: Tensor, downscale_factor: int
) -> Any:
    """Source: derivatives.yaml, pixel_unshuffle."""
    return (F.pixel_shuffle(grad, downscale_factor),)


def channel_shuffle(grad: Tensor, out: Tensor, input: Tensor, groups: int) -> Any:
    """Source: the chain rule: the groups of channels were transposed."""
    blocks: Any = grad
    return (blocks.unflatten(1, (-1, groups)).transpose(1, 2).flatten(1, 2),)


def affine_grid(
    grad: Tensor,
    out: Tensor,
    theta: Tensor,
    size: Sequence[int],
    align_corners: bool | None = None,
) -> Any:
    """Source: derivatives.yaml, affine_grid_generator: out is [x, y, 1] @ theta.mT."""
    rank = len(size) - 2
    unit = torch.eye(rank, rank + 1, dtype=grad.dtype, device=grad.device)
    places = F.affine_grid(unit.unsqueeze(0), [1, *size[1:]], align_corners)
    ones = F.pad(places, (0, 1), value=1.0).flatten(1, -2)
    return (grad.flatten(1, -2).mT @ ones,)


RULES: Mapping[str, Rule] = {
    "interpolate": interpolate,
    "pixel_shuffle": pixel_shuffle,
    "pixel_unshuffle": pixel_unshuffle,
    "channel_shuffle": channel_shuffle,
    "affine_grid": affine_grid,
}
