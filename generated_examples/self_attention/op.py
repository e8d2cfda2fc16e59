"""The self_attention op."""

import math
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import FunctionCtx

__all__ = ["SelfAttentionFunction", "self_attention"]


def autocast_of(tensor: Tensor) -> AbstractContextManager[Any]:
    """Take the autocast that forward runs under; backward must run under the same."""
    device = tensor.device.type
    if not torch.amp.is_autocast_available(device):
        return nullcontext()
    dtype = torch.get_autocast_dtype(device)
    return torch.autocast(device, dtype, torch.is_autocast_enabled(device))


class SelfAttentionFunction(Function):
    """Differentiate self_attention by the chain rule.

    With g the incoming gradient:

        grad_weights = (g @ v^T).masked_fill(nowhere, 0)
        grad_scores  = (weights * (grad_weights - sum(grad_weights * weights,
                       -1))).masked_fill(nowhere, 0)
        grad_product = grad_scores / sqrt(q.shape[-1])
        grad_q       = grad_product @ k
        grad_k       = grad_product^T @ q
        grad_v       = weights.masked_fill(nowhere, 0.0)^T @ g
        grad_mask    = sum(grad_scores)
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(
        q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, causal: bool
    ) -> tuple[Tensor, Tensor, Tensor]:
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        if mask is not None and mask.dtype == torch.bool:
            mask = torch.zeros_like(scores).masked_fill(~mask, -math.inf)
        if mask is not None:
            scores = scores + mask
        if causal:
            scores = scores + torch.full_like(scores, -math.inf).triu(1)
        nowhere = (scores == -math.inf).all(-1, keepdim=True)
        weights = torch.softmax(scores.masked_fill(nowhere, 0.0), -1)
        return weights.masked_fill(nowhere, 0.0) @ v, nowhere, weights

    @staticmethod
    def setup_context(
        ctx: FunctionCtx, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor, Tensor]
    ) -> None:
        q, k, v, mask, causal = inputs
        _, nowhere, weights = output
        ctx.mark_non_differentiable(nowhere, weights)
        ctx.save_for_backward(q, k, v, mask, nowhere, weights)
        ctx.causal = causal
        ctx.autocast = autocast_of(q)

    @staticmethod
    def backward(
        ctx: FunctionCtx, grad_out: Tensor, *_: Tensor
    ) -> tuple[Tensor | None, ...]:
        q, k, v, mask, nowhere, weights = ctx.saved_tensors
        causal = ctx.causal
        grad_q = grad_k = grad_v = grad_mask = None

        with ctx.autocast:
            # For a second derivative, what was kept must vary with the inputs again.
            if torch.is_grad_enabled():
                _, _, weights = SelfAttentionFunction.forward(q, k, v, mask, causal)
            if (
                ctx.needs_input_grad[0]
                or ctx.needs_input_grad[1]
                or ctx.needs_input_grad[3]
            ):
                grad_weights = (grad_out @ v.mT).masked_fill(nowhere, 0)
                grad_scores = (
                    weights
                    * (grad_weights - (grad_weights * weights).sum(-1, keepdim=True))
                ).masked_fill(nowhere, 0)
            if ctx.needs_input_grad[0] or ctx.needs_input_grad[1]:
                grad_product = grad_scores / math.sqrt(q.shape[-1])
            if ctx.needs_input_grad[0]:
                grad_q = grad_product @ k
            if ctx.needs_input_grad[1]:
                grad_k = grad_product.mT @ q
            if ctx.needs_input_grad[2]:
                grad_v = weights.masked_fill(nowhere, 0.0).mT @ grad_out
            if ctx.needs_input_grad[3]:
                grad_mask = grad_scores.sum_to_size(mask.shape)
        return grad_q, grad_k, grad_v, grad_mask, None


def self_attention(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None, causal: bool = False
) -> Tensor:
    """Attend by scaled dot products; a query that may look nowhere gets 0, as from
    torch's own.

    Args:
        q: (*, queries, head_dim).
        k: (*, keys, head_dim).
        v: (*, keys, value_dim).
        mask: (queries, keys); None leaves it out.
        causal: True or False; no gradient reaches it.

    Returns:
        A tensor of shape (*, queries, value_dim).
    """
    return SelfAttentionFunction.apply(q, k, v, mask, causal)[0]
