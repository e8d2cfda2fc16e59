"""attention(q, k, v) = softmax(q @ k^T / sqrt(dim)) @ v, with a hand-readable backward."""

import math
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import FunctionCtx

__all__ = ["AttentionFunction", "attention"]


def autocast_of(tensor: Tensor) -> AbstractContextManager[object]:
    """Take the autocast that forward runs under; backward must run under the same."""
    device = tensor.device.type
    if not torch.amp.is_autocast_available(device):
        return nullcontext()
    dtype = torch.get_autocast_dtype(device)
    return torch.autocast(device, dtype, torch.is_autocast_enabled(device))


class AttentionFunction(Function):
    """Differentiate attention explicitly, keeping its inputs and the attention weights.

    With p = softmax(q @ k^T / sqrt(dim)) and g the incoming gradient:

        grad_v      = p^T @ g
        grad_scores = p * (h - sum(h * p)), over the keys, where h = g @ v^T
        grad_q      = grad_scores @ k / sqrt(dim)
        grad_k      = grad_scores^T @ q / sqrt(dim)
    """

    generate_vmap_rule = True

    @staticmethod
    def weights(q: Tensor, k: Tensor) -> Tensor:
        return torch.softmax(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]), dim=-1)

    @staticmethod
    def forward(q: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        p = AttentionFunction.weights(q, k)
        return p @ v, p

    @staticmethod
    def setup_context(
        ctx: FunctionCtx,
        inputs: tuple[Tensor, Tensor, Tensor],
        output: tuple[Tensor, Tensor],
    ) -> None:
        q, k, v = inputs
        _, p = output
        ctx.mark_non_differentiable(p)
        ctx.save_for_backward(q, k, v, p)
        ctx.autocast = autocast_of(q)

    @staticmethod
    def backward(
        ctx: FunctionCtx, grad_out: Tensor, _: Tensor
    ) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
        q, k, v, p = ctx.saved_tensors
        grad_q = grad_k = grad_v = None

        with ctx.autocast:
            if torch.is_grad_enabled():  # a second derivative goes through p too
                p = AttentionFunction.weights(q, k)
            if ctx.needs_input_grad[0] or ctx.needs_input_grad[1]:
                h = grad_out @ v.transpose(-2, -1)
                grad_scores = p * (h - (h * p).sum(-1, keepdim=True))
                grad_scores = grad_scores / math.sqrt(q.shape[-1])
            if ctx.needs_input_grad[0]:
                grad_q = grad_scores @ k
            if ctx.needs_input_grad[1]:
                grad_k = grad_scores.transpose(-2, -1) @ q
            if ctx.needs_input_grad[2]:
                grad_v = p.transpose(-2, -1) @ grad_out
        return grad_q, grad_k, grad_v


def attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Attend by scaled dot products.

    Args:
        q: (*, queries, dim), floating.
        k: (*, keys, dim).
        v: (*, keys, value_dim).

    Returns:
        A tensor of shape (*, queries, value_dim).
    """
    out, _ = AttentionFunction.apply(q, k, v)
    return out
