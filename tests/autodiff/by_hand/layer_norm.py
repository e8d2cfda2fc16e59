"""layer_norm(x, weight, bias) = x_hat * weight + bias, with a hand-readable backward."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import FunctionCtx

__all__ = ["LayerNormFunction", "layer_norm"]


class LayerNormFunction(Function):
    """Differentiate layer_norm explicitly, keeping only its inputs.

    With mean and variance over the last dimension, rstd = 1 / sqrt(variance + eps),
    x_hat = (x - mean) * rstd and g the incoming gradient:

        grad_x      = rstd * (h - mean(h) - x_hat * mean(h * x_hat)), where h = g * weight
        grad_weight = sum(g * x_hat), over the dimensions that weight was broadcast along
        grad_bias   = sum(g), likewise
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
        mean = x.mean(-1, keepdim=True)
        centered = x - mean
        rstd = torch.rsqrt(centered.square().mean(-1, keepdim=True) + eps)
        return centered * rstd * weight + bias

    @staticmethod
    def setup_context(
        ctx: FunctionCtx, inputs: tuple[Any, ...], output: Tensor
    ) -> None:
        x, weight, bias, eps = inputs
        ctx.save_for_backward(x, weight)
        ctx.bias_shape = bias.shape
        ctx.eps = eps

    @staticmethod
    def backward(ctx: FunctionCtx, grad_out: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        grad_x = grad_weight = grad_bias = None

        if ctx.needs_input_grad[0] or ctx.needs_input_grad[1]:
            centered = x - x.mean(-1, keepdim=True)
            rstd = torch.rsqrt(centered.square().mean(-1, keepdim=True) + ctx.eps)
            x_hat = centered * rstd
        if ctx.needs_input_grad[0]:
            h = grad_out * weight
            projection = x_hat * (h * x_hat).mean(-1, keepdim=True)
            grad_x = rstd * (h - h.mean(-1, keepdim=True) - projection)
        if ctx.needs_input_grad[1]:
            grad_weight = (grad_out * x_hat).sum_to_size(weight.shape)
        if ctx.needs_input_grad[2]:
            grad_bias = grad_out.sum_to_size(ctx.bias_shape)
        return grad_x, grad_weight, grad_bias, None


def layer_norm(x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    """Normalise the last dimension to mean 0 and (biased) variance 1, then scale and shift it.

    Args:
        x: (*, features), floating.
        weight: (features,).
        bias: (features,).
        eps: added to the variance; no gradient reaches it.

    Returns:
        A tensor of x's shape.
    """
    return LayerNormFunction.apply(x, weight, bias, eps)
