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
    """Source: torch.nn.grad; a padding of "same" is a pad before, cut off again after."""
    of_bias = _bias_grad(grad, weight, bias)
    if is_single := input.dim() < weight.dim():
        grad, input = grad.unsqueeze(0), input.unsqueeze(0)
    margins = _margins(weight, dilation) if padding == "same" else []
    padded = F.pad(input, margins) if margins else input
    places = 0 if isinstance(padding, str) else padding
    options = given(stride=stride, padding=places, dilation=dilation, groups=groups)
    of_input = input_grad(padded.shape, weight, grad, options)
    of_weight = weight_grad(padded, weight.shape, grad, options)
    if margins:
        of_input = F.pad(of_input, [-each for each in margins])
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


def _margins(weight: Tensor, dilation: Size) -> list[int]:
    """Measure the zeros around an input that keep its size, as F.pad takes them."""
    sizes = weight.shape[2:]
    steps = each_of(dilation, len(sizes))
    spans = [step * (size - 1) for step, size in zip(steps, sizes, strict=True)]
    return [side for span in spans[::-1] for side in (span // 2, span - span // 2)]


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
