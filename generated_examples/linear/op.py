"""The linear op."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import FunctionCtx

__all__ = ["LinearFunction", "linear"]


class LinearFunction(Function):
    """Differentiate the forward by running it again, for one input at a time.

    It is right as it stands. Each `if` in backward is the place for a formula of your own;
    tests/test_op.py judges it.
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
        ctx.save_for_backward(x, weight, bias)

    @staticmethod
    def backward(ctx: FunctionCtx, grad_out: Tensor) -> tuple[Tensor | None, ...]:
        x, weight, bias = ctx.saved_tensors
        grad_x = grad_weight = grad_bias = None

        if ctx.needs_input_grad[0]:
            _, vjp = torch.func.vjp(
                lambda x: LinearFunction.forward(x, weight, bias), x
            )
            (grad_x,) = vjp(grad_out)
        if ctx.needs_input_grad[1]:
            _, vjp = torch.func.vjp(
                lambda weight: LinearFunction.forward(x, weight, bias), weight
            )
            (grad_weight,) = vjp(grad_out)
        if ctx.needs_input_grad[2]:
            _, vjp = torch.func.vjp(
                lambda bias: LinearFunction.forward(x, weight, bias), bias
            )
            (grad_bias,) = vjp(grad_out)
        return grad_x, grad_weight, grad_bias


def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Map the last dimension linearly, with an optional bias.

    Args:
        x: (*, in_features).
        weight: (out_features, in_features).
        bias: (out_features,); None leaves it out.

    Returns:
        A tensor of shape (*, out_features).
    """
    return LinearFunction.apply(x, weight, bias)
