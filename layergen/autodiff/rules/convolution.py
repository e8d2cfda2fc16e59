"""Convolutions and transposed ones, in one to three dimensions: each is the other's adjoint."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import torch.nn.functional as F
from torch import Tensor
from torch.nn import grad as gradients
from torch.overrides import handle_torch_function, has_torch_function

from layergen.autodiff.rules.rule import Rule, is_literal

__all__ = ["RULES"]

Size = int | Sequence[int]
CONVOLUTIONS = (F.conv1d, F.conv2d, F.conv3d)
INPUT_GRADS = (gradients.conv1d_input, gradients.conv2d_input, gradients.conv3d_input)
WEIGHT_GRADS = (
    gradients.conv1d_weight,
    gradients.conv2d_weight,
    gradients.conv3d_weight,
)


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
    bias_grad = _bias_grad(grad, weight, bias)
    if is_single := input.dim() < weight.dim():
        grad, input = grad.unsqueeze(0), input.unsqueeze(0)
    margins = _margins(weight, dilation) if padding == "same" else []
    padded = F.pad(input, margins) if margins else input
    places = 0 if isinstance(padding, str) else padding
    options = _given(stride=stride, padding=places, dilation=dilation, groups=groups)
    input_grad = _input_grad(padded.shape, weight, grad, options)
    weight_grad = _weight_grad(padded, weight.shape, grad, options)
    if margins:
        input_grad = F.pad(input_grad, [-each for each in margins])
    return input_grad.squeeze(0) if is_single else input_grad, weight_grad, bias_grad


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
    if _overhangs(output_padding, stride):
        return NotImplemented
    bias_grad = _bias_grad(grad, weight, bias)
    options = _given(stride=stride, padding=padding, dilation=dilation, groups=groups)
    input_grad = CONVOLUTIONS[weight.dim() - 3](grad, weight, **options)
    if input.dim() < weight.dim():
        grad, input = grad.unsqueeze(0), input.unsqueeze(0)
    return (
        input_grad,
        _weight_grad(grad, weight.shape, input, options),
        bias_grad,
    )


def _bias_grad(grad: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor | None:
    """Sum over the batch, if there is one, and over every place."""
    batch = (0,) if grad.dim() == weight.dim() else ()
    places = range(2 - weight.dim(), 0)
    return None if bias is None else grad.sum((*batch, *places))


def _input_grad(
    size: Sequence[int], weight: Tensor, grad: Tensor, options: Any
) -> Tensor:
    """Call torch.nn.grad.conv2d_input or its like."""
    function = INPUT_GRADS[weight.dim() - 3]
    return _one_call(function, (weight, grad), size, weight, grad, **options)


def _weight_grad(
    input: Tensor, size: Sequence[int], grad: Tensor, options: Any
) -> Tensor:
    """Call torch.nn.grad.conv2d_weight or its like."""
    function = WEIGHT_GRADS[input.dim() - 3]
    return _one_call(function, (input, grad), input, size, grad, **options)


def _one_call(
    function: Callable[..., Tensor], tensors: Any, *args: Any, **kwargs: Any
) -> Tensor:
    """Call a function that torch.overrides does not know as one that it knows.

    A recorder then sees the function, and not the operators inside it.
    """
    if has_torch_function(tensors):
        function = partial(handle_torch_function, function, tensors)
    return function(*args, **kwargs)


def _given(*, padding: Size, **ones: Size) -> dict[str, Any]:
    """Keep the options that differ from what torch assumes."""
    found = {name: each for name, each in ones.items() if not _is_all(each, 1)}
    return found if _is_all(padding, 0) else {**found, "padding": padding}


def _is_all(option: Size, number: int) -> bool:
    """Tell whether an option is this number in every dimension."""
    numbers = option if isinstance(option, Sequence) else (option,)
    return all(is_literal(each, number) for each in numbers)


def _margins(weight: Tensor, dilation: Size) -> list[int]:
    """Measure the zeros around an input that keep its size, as F.pad takes them."""
    sizes = weight.shape[2:]
    steps = dilation if isinstance(dilation, Sequence) else [dilation] * len(sizes)
    spans = [step * (size - 1) for step, size in zip(steps, sizes, strict=True)]
    return [side for span in spans[::-1] for side in (span // 2, span - span // 2)]


def _overhangs(output_padding: Size, stride: Size) -> bool:
    """Tell whether zeros at the end would start one more window of the adjoint."""
    extra = output_padding if isinstance(output_padding, Sequence) else [output_padding]
    steps = stride if isinstance(stride, Sequence) else [stride]
    count = max(len(extra), len(steps))
    extra, steps = list(extra) * count, list(steps) * count
    return any(extra[at] >= steps[at] for at in range(count))


RULES: Mapping[str, Rule] = {
    "conv1d": convolution,
    "conv2d": convolution,
    "conv3d": convolution,
    "conv_transpose1d": transposed,
    "conv_transpose2d": transposed,
    "conv_transpose3d": transposed,
}
