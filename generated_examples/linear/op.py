"""The linear op."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import FunctionCtx

__all__ = ["LinearFunction", "linear"]


def autocast_of(tensor: Tensor) -> AbstractContextManager[Any]:
    """Take the autocast that forward runs under; backward must run under the same."""
    device = tensor.device.type
    if not torch.amp.is_autocast_available(device):
        return nullcontext()
    dtype = torch.get_autocast_dtype(device)
    return torch.autocast(device, dtype, torch.is_autocast_enabled(device))


class LinearFunction(Function):
    """Differentiate linear by the chain rule.

    With g the incoming gradient:

        grad_x      = g @ weight
        grad_weight = g^T @ x
        grad_bias   = sum(g)
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        y = x @ weight.mT
        return y if bias is None else y + bias

    @staticmethod
    def setup_context(
        ctx: FunctionCtx, inputs: tuple[Any, ...], output: Tensor
    ) -> None:
        x, weight, bias = inputs
        ctx.save_for_backward(x, weight)
        ctx.autocast = autocast_of(x)
        ctx.bias_shape = None if bias is None else bias.shape

    @staticmethod
    def backward(ctx: FunctionCtx, grad_out: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        grad_x = grad_weight = grad_bias = None

        with ctx.autocast:
            if ctx.needs_input_grad[0]:
                grad_x = grad_out @ weight
            if ctx.needs_input_grad[1]:
                grad_weight = grad_out.reshape(-1, weight.shape[-2]).mT @ x.reshape(
                    -1, x.shape[-1]
                )
            if ctx.needs_input_grad[2]:
                grad_bias = grad_out.sum_to_size(ctx.bias_shape)
        return grad_x, grad_weight, grad_bias


def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Map the last dimension linearly, with an optional bias.

    Args:
        x: (*, in_features).
        weight: (out_features, in_features).
        bias: (out_features,); None leaves it out.

    Returns:
        A tensor of shape (*, out_features).

    Raises:
        ValueError: the arguments are not those that the gradient holds for.
    """
    if any(each is not None and each.is_complex() for each in (x, weight, bias)):
        raise ValueError("linear has its gradient for real tensors")
    return LinearFunction.apply(x, weight, bias)
