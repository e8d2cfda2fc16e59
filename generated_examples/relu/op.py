"""relu(x, threshold) = torch.where(x > threshold, x, 0)."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import FunctionCtx

__all__ = ["ReLUFunction", "relu"]


class ReLUFunction(Function):
    """Differentiate relu(x, threshold) = torch.where(x > threshold, x, 0) by the chain
    rule.

    With g the incoming gradient:

        grad_x = where(x > threshold, g, 0)
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(x: Tensor, threshold: float) -> Tensor:
        return torch.where(x > threshold, x, 0)

    @staticmethod
    def setup_context(
        ctx: FunctionCtx, inputs: tuple[Any, ...], output: Tensor
    ) -> None:
        x, threshold = inputs
        ctx.save_for_backward(x)
        ctx.threshold = threshold

    @staticmethod
    def backward(ctx: FunctionCtx, grad_out: Tensor) -> tuple[Tensor | None, ...]:
        (x,) = ctx.saved_tensors
        threshold = ctx.threshold

        grad_x = torch.where(x > threshold, grad_out, 0)
        return grad_x, None


def relu(x: Tensor, threshold: float = 0.0) -> Tensor:
    """Keep what is above a threshold, with gradient 0 at the threshold itself.

    Args:
        x: (*), any shape.
        threshold: a number; no gradient reaches it.

    Returns:
        A tensor of the inputs' shape, broadcast where they differ.

    Raises:
        ValueError: the arguments are not those that the gradient holds for.
    """
    if isinstance(threshold, Tensor) and threshold.requires_grad:
        raise ValueError("relu has no gradient for threshold: detach what requires one")
    return ReLUFunction.apply(x, threshold)
