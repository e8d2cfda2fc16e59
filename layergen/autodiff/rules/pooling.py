"""Pools, each in one to three dimensions."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import inf, prod
from typing import Any

import torch.nn.functional as F
from torch import Tensor

from layergen.autodiff.rules.rule import Rule, is_literal
from layergen.autodiff.rules.separable import adjoint_of, matrix_of
from layergen.autodiff.rules.sliding import (
    Size,
    each_of,
    given,
    input_grad,
    is_all,
    one_call,
)

__all__ = ["DEFINITIONS", "RULES"]

MAX_POOLS: Sequence[Callable[..., Any]] = (F.max_pool1d, F.max_pool2d, F.max_pool3d)
ADAPTIVE_MAX_POOLS: Sequence[Callable[..., Any]] = (
    F.adaptive_max_pool1d,
    F.adaptive_max_pool2d,
    F.adaptive_max_pool3d,
)
AVERAGES: Sequence[Callable[..., Tensor]] = (F.avg_pool1d, F.avg_pool2d, F.avg_pool3d)


def max_pool(
    rank: int,
    grad: Any,
    out: Any,
    input: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Source: derivatives.yaml, max_pool2d_with_indices: each maximum's place gets its grad."""
    if not isinstance(out, Tensor):
        return (_scattered(rank, grad[0], out[1], input.shape),)
    options = given(padding=padding, dilation=dilation, ceil_mode=ceil_mode)
    if not _is_absent(stride):
        options = {"stride": stride, **options}
    pool = partial(one_call, MAX_POOLS[rank - 1], (input,))
    _, indices = pool(input, kernel_size, **options, return_indices=True)
    return (_scattered(rank, grad, indices, input.shape),)


def adaptive_max_pool(
    rank: int,
    grad: Any,
    out: Any,
    input: Tensor,
    output_size: Any,
    return_indices: bool = False,
) -> Any:
    """Source: derivatives.yaml, adaptive_max_pool2d."""
    if not isinstance(out, Tensor):
        return (_scattered(rank, grad[0], out[1], input.shape),)
    pool = partial(one_call, ADAPTIVE_MAX_POOLS[rank - 1], (input,))
    _, indices = pool(input, output_size, return_indices=True)
    return (_scattered(rank, grad, indices, input.shape),)


def max_unpool(
    rank: int,
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    indices: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    output_size: Any = None,
) -> Any:
    """Source: derivatives.yaml, max_unpool2d."""
    picked = grad.flatten(-rank).gather(-1, indices.flatten(-rank))
    return (picked.reshape(input.shape),)


def _scattered(
    rank: int, grad: Tensor, indices: Tensor, shape: Sequence[int]
) -> Tensor:
    """Add each gradient at its place, where windows may overlap."""
    flat = grad.new_zeros(shape).flatten(-rank)
    return flat.scatter_add(-1, indices.flatten(-rank), grad.flatten(-rank)).reshape(
        shape
    )


def avg_pool(
    rank: int,
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    """Source: the chain rule: each mean is spread over its window, channel by channel."""
    stride = kernel_size if _is_absent(stride) else stride
    if ceil_mode:
        pool: Callable[..., Tensor] = partial(F.avg_pool1d, ceil_mode=True)
        if divisor_override is not None:
            grad, pool = grad / divisor_override, _windows
        elif not count_include_pad:
            pool = partial(pool, count_include_pad=False)
        how = kernel_size, stride, padding
        matrices = _matrices(rank, pool, how, grad, input.shape)
        return (adjoint_of(matrices, grad),)
    count: Any = prod(each_of(kernel_size, rank))
    if divisor_override is not None:
        count = divisor_override
    elif not count_include_pad and not is_all(padding, 0):
        ones = grad.new_ones((1, *input.shape[-rank:]))
        count = count * AVERAGES[rank - 1](ones, kernel_size, stride, padding)
    options = given(stride=stride, padding=padding)
    window = grad.new_ones((input.shape[-rank - 1], 1, *each_of(kernel_size, rank)))
    return (_spread(grad / count, input, window, options),)


def _windows(unit: Tensor, kernel: int, stride: int, padding: int) -> Tensor:
    """Tell with ones, the means being positive, which windows an element is in."""
    return F.avg_pool1d(unit, kernel, stride, padding, ceil_mode=True).sign()


def _spread(
    grad: Tensor, input: Tensor, window: Tensor, options: Mapping[str, Any]
) -> Tensor:
    """Add each gradient to all places of its window, channel by channel."""
    if input.dim() < window.dim():
        single = _spread(grad.unsqueeze(0), input.unsqueeze(0), window, options)
        return single.squeeze(0)
    options = {**options, "groups": window.shape[0]}
    return input_grad(input.shape, window, grad, options)


def adaptive_avg_pool(
    rank: int, grad: Tensor, out: Tensor, input: Tensor, output_size: Any
) -> Any:
    """Source: derivatives.yaml, _adaptive_avg_pool2d; the mean of all is spread over all."""
    if is_all(output_size, 1):
        return (grad / prod(input.shape[-rank:]),)
    how = (output_size,)
    matrices = _matrices(rank, F.adaptive_avg_pool1d, how, grad, input.shape)
    return (adjoint_of(matrices, grad),)


def _matrices(
    rank: int,
    pool: Callable[..., Tensor],
    options: Sequence[Any],
    grad: Tensor,
    shape: Sequence[int],
) -> list[Tensor | None]:
    """Pool the unit vectors of each dimension that changes."""
    each = zip(*(each_of(option, rank) for option in options), strict=True)

    def matrix(how: Sequence[Any], size: int) -> Tensor | None:
        if how == (None,):
            return None
        return matrix_of(lambda unit: pool(unit, *how), size, grad)

    return [matrix(how, size) for how, size in zip(each, shape[-rank:], strict=True)]


def lp_pool(
    rank: int,
    input: Tensor,
    norm_type: float,
    kernel_size: Size,
    stride: Size | None = None,
    ceil_mode: bool = False,
) -> Any:
    """Source: torch.nn.functional.lp_pool2d: the mean of the powers, times how many they are."""
    if is_literal(norm_type, inf) or is_literal(norm_type, -inf):
        return NotImplemented
    options = {} if _is_absent(stride) else {"stride": stride}
    options |= given(ceil_mode=ceil_mode)
    mean = AVERAGES[rank - 1](input**norm_type, kernel_size, **options)
    mean = mean.sign() * mean.abs().relu()  # no gradient passes where the mean is 0
    return (mean * prod(each_of(kernel_size, rank))) ** (1 / norm_type)


def _is_absent(stride: Any) -> bool:
    """Tell whether a stride was left out; torch takes an empty one for that too."""
    return stride is None or stride in ((), [])


RULES: Mapping[str, Rule] = {
    "max_pool1d": partial(max_pool, 1),
    "max_pool2d": partial(max_pool, 2),
    "max_pool3d": partial(max_pool, 3),
    "max_pool1d_with_indices": partial(max_pool, 1),
    "max_pool2d_with_indices": partial(max_pool, 2),
    "max_pool3d_with_indices": partial(max_pool, 3),
    "adaptive_max_pool1d": partial(adaptive_max_pool, 1),
    "adaptive_max_pool2d": partial(adaptive_max_pool, 2),
    "adaptive_max_pool3d": partial(adaptive_max_pool, 3),
    "adaptive_max_pool1d_with_indices": partial(adaptive_max_pool, 1),
    "adaptive_max_pool2d_with_indices": partial(adaptive_max_pool, 2),
    "adaptive_max_pool3d_with_indices": partial(adaptive_max_pool, 3),
    "max_unpool1d": partial(max_unpool, 1),
    "max_unpool2d": partial(max_unpool, 2),
    "max_unpool3d": partial(max_unpool, 3),
    "avg_pool1d": partial(avg_pool, 1),
    "avg_pool2d": partial(avg_pool, 2),
    "avg_pool3d": partial(avg_pool, 3),
    "adaptive_avg_pool1d": partial(adaptive_avg_pool, 1),
    "adaptive_avg_pool2d": partial(adaptive_avg_pool, 2),
    "adaptive_avg_pool3d": partial(adaptive_avg_pool, 3),
}
DEFINITIONS: Mapping[str, Callable[..., Any]] = {
    "lp_pool1d": partial(lp_pool, 1),
    "lp_pool2d": partial(lp_pool, 2),
    "lp_pool3d": partial(lp_pool, 3),
}
