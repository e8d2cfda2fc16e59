"""cross_entropy(logits, onehot): soft targets, mean over the rows, with a hand-readable backward."""

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import FunctionCtx

__all__ = ["CrossEntropyFunction", "cross_entropy"]


class CrossEntropyFunction(Function):
    """Differentiate cross_entropy explicitly, keeping only its inputs.

    With n rows, p = softmax(logits) over the classes and g the incoming gradient:

        grad_logits = g / n * (p * sum(onehot) - onehot), summed over the classes
        grad_onehot = -g / n * log(p)
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(logits: Tensor, onehot: Tensor) -> Tensor:
        return -(onehot * F.log_softmax(logits, -1)).sum(-1).mean()

    @staticmethod
    def setup_context(
        ctx: FunctionCtx, inputs: tuple[Tensor, Tensor], output: Tensor
    ) -> None:
        logits, onehot = inputs
        ctx.save_for_backward(logits, onehot)

    @staticmethod
    def backward(
        ctx: FunctionCtx, grad_out: Tensor
    ) -> tuple[Tensor | None, Tensor | None]:
        logits, onehot = ctx.saved_tensors
        grad_logits = grad_onehot = None

        g = grad_out / logits.shape[:-1].numel()
        if ctx.needs_input_grad[0]:
            p = torch.softmax(logits, -1)
            grad_logits = g * (p * onehot.sum(-1, keepdim=True) - onehot)
        if ctx.needs_input_grad[1]:
            grad_onehot = -g * F.log_softmax(logits, -1)
        return grad_logits, grad_onehot


def cross_entropy(logits: Tensor, onehot: Tensor) -> Tensor:
    """Compare logits with the probability of each class, averaged over the rows.

    Args:
        logits: (*, classes), floating.
        onehot: logits' shape: one-hot rows, or any weight of each class.

    Returns:
        A scalar.
    """
    return CrossEntropyFunction.apply(logits, onehot)
