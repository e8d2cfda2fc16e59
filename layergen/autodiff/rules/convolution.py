"""Convolutions and transposed ones, in one to three dimensions: each is the other's adjoint."""

from collections.abc import Mapping
from typing import Any

import torch.nn.functional as F
from torch import Tensor

from layergen.autodiff.rules.rule import Rule
from layergen.autodiff.rules.sliding import (
    Size,
    each_of,
    given,
    input_grad,
    weight_grad,
)

__all__ = ["RULES"]

CONVOLUTIONS = (F.conv1d, F.conv2d, F.conv3d)
TRANSPOSED = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)


def convolution(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Any:
    """Source: torch.nn.grad; padding is "same", "valid" or sizes."""
    of_bias = _bias_grad(grad, weight, bias)
    if is_single := input.dim() < weight.dim():
        grad, input = grad.unsqueeze(0), input.unsqueeze(0)
    if padding == "same":
        options = given(dilation=dilation, groups=groups)
        of_input, of_weight = _same(grad, input, weight, options)
    else:
        places = 0 if padding == "valid" else padding
        options = given(stride=stride, padding=places, dilation=dilation, groups=groups)
        of_input = input_grad(input.shape, weight, grad, options)
        of_weight = weight_grad(input, weight.shape, grad, options)
    return of_input.squeeze(0) if is_single else of_input, of_weight, of_bias


def transposed(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> Any:
    """Source: the chain rule: a convolution with the same weight; its own adjoint for weight."""
    if _overhangs(weight.dim() - 2, output_padding, stride):
        return NotImplemented
    of_bias = _bias_grad(grad, weight, bias)
    options = given(stride=stride, padding=padding, dilation=dilation, groups=groups)
    of_input = CONVOLUTIONS[weight.dim() - 3](grad, weight, **options)
    if input.dim() < weight.dim():
        grad, input = grad.unsqueeze(0), input.unsqueeze(0)
    return of_input, weight_grad(grad, weight.shape, input, options), of_bias


def _bias_grad(grad: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor | None:
    """Sum over the batch, if there is one, and over every place."""
    batch = (0,) if grad.dim() == weight.dim() else ()
    places = range(2 - weight.dim(), 0)
    return None if bias is None else grad.sum((*batch, *places))


def _same(
    grad: Tensor, input: Tensor, weight: Tensor, options: Mapping[str, Any]
) -> tuple[Tensor, Tensor]:
    """Differentiate where zeros around the input keep its size: one more behind than before."""
    rank = weight.dim() - 2
    steps = each_of(options.get("dilation", 1), rank)
    spans = [
        step * (size - 1) for step, size in zip(steps, weight.shape[2:], strict=True)
    ]
    before = tuple(span // 2 for span in spans)
    of_input = TRANSPOSED[rank - 1](grad, weight, padding=before, **options)
    places: Any = (..., *(slice(size) for size in input.shape[2:]))
    sides = [side for span in spans[::-1] for side in (span // 2, (span + 1) // 2)]
    padded = F.pad(input, tuple(sides))
    return of_input[places], weight_grad(padded, weight.shape, grad, options)


def _overhangs(rank: int, output_padding: Size, stride: Size) -> bool:
    """Tell whether zeros at the end would start one more window of the adjoint."""
    steps = each_of(stride, rank)
    extra = each_of(output_padding, rank)
    return any(more >= step for more, step in zip(extra, steps, strict=True))


RULES: Mapping[str, Rule] = {
    "conv1d": convolution,
    "conv2d": convolution,
    "conv3d": convolution,
    "conv_transpose1d": transposed,
    "conv_transpose2d": transposed,
    "conv_transpose3d": transposed,
}
