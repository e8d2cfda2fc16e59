"""The layer_norm op."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import FunctionCtx

__all__ = ["LayerNormFunction", "layer_norm"]


class LayerNormFunction(Function):
    """Differentiate layer_norm by the chain rule.

    With g the incoming gradient:

        grad_product  = g * weight
        product       = sum(grad_product * centered, -1) / x.shape[-1] * rstd ^ 3 *
                        centered
        grad_centered = grad_product * rstd - product
        grad_x        = grad_centered - sum(grad_centered, -1) / x.shape[-1]
        grad_weight   = sum(g * (centered * rstd))
        grad_bias     = sum(g)
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(x: Tensor, weight: Tensor, bias: Tensor | None, eps: float) -> Tensor:
        centered = x - x.mean(-1, keepdim=True)
        rstd = torch.rsqrt(centered.square().mean(-1, keepdim=True) + eps)
        y = centered * rstd * weight
        return y if bias is None else y + bias

    @staticmethod
    def setup_context(
        ctx: FunctionCtx, inputs: tuple[Any, ...], output: Tensor
    ) -> None:
        x, weight, bias, eps = inputs
        ctx.save_for_backward(x, weight)
        ctx.eps = eps
        ctx.bias_shape = None if bias is None else bias.shape

    @staticmethod
    def backward(ctx: FunctionCtx, grad_out: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        eps = ctx.eps
        grad_x = grad_weight = grad_bias = None

        if ctx.needs_input_grad[0] or ctx.needs_input_grad[1]:
            centered = x - x.mean(-1, keepdim=True)
            rstd = torch.rsqrt(centered.square().mean(-1, keepdim=True) + eps)
        if ctx.needs_input_grad[0]:
            grad_product = grad_out * weight
            product = (
                (grad_product * centered).sum(-1, keepdim=True)
                / x.shape[-1]
                * rstd**3
                * centered
            )
            grad_centered = grad_product * rstd - product
            grad_x = grad_centered - grad_centered.sum(-1, keepdim=True) / x.shape[-1]
        if ctx.needs_input_grad[1]:
            grad_weight = (grad_out * (centered * rstd)).sum_to_size(weight.shape)
        if ctx.needs_input_grad[2]:
            grad_bias = grad_out.sum_to_size(ctx.bias_shape)
        return grad_x, grad_weight, grad_bias, None


def layer_norm(
    x: Tensor, weight: Tensor, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """Normalise the last dimension to mean 0 and (biased) variance 1, then scale and
    shift it.

    Args:
        x: (*, features).
        weight: (features,).
        bias: (features,); None leaves it out.
        eps: a number; no gradient reaches it.

    Returns:
        A tensor of shape (*, features).

    Raises:
        ValueError: the arguments are not those that the gradient holds for.
    """
    if isinstance(eps, Tensor) and eps.requires_grad:
        raise ValueError("layer_norm has no gradient for eps: detach what requires one")
    if any(each is not None and each.is_complex() for each in (x, weight, bias)):
        raise ValueError("layer_norm has its gradient for real tensors")
    if weight.shape != x.shape[-1:] or (
        bias is not None and bias.shape != x.shape[-1:]
    ):
        raise ValueError(
            "layer_norm has its gradient for the shapes x (*, a), weight (a,), bias (a,)"
        )
    return LayerNormFunction.apply(x, weight, bias, eps)
