"""Scaled dot product attention, as the mathematics says it."""

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.rules.rule import Rule, is_literal

__all__ = ["RULES"]


def scaled_dot_product_attention(
    grad: Tensor,
    out: Tensor,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Any:
    """Source: the chain rule, on softmax(scale query key^T + mask) value."""
    if not is_literal(dropout_p, 0):
        return NotImplemented
    scale = query.shape[-1] ** -0.5 if scale is None else scale
    keys, values = key, value
    if enable_gqa:
        keys, values = per_query_head(key, query), per_query_head(value, query)
    weights = attention_weights(query @ keys.mT * scale, attn_mask, is_causal)
    weights_grad = grad @ values.mT
    share = (weights_grad * weights).sum(-1, keepdim=True)
    scores_grad = weights * (weights_grad - share)
    mask_grad = None
    if attn_mask is not None and attn_mask.is_floating_point():
        mask_grad = scores_grad.sum_to_size(attn_mask.shape)
    products_grad = scores_grad * scale
    query_grad, key_grad = products_grad @ keys, products_grad.mT @ query
    value_grad = weights.mT @ grad
    if enable_gqa:
        key_grad, value_grad = per_group(key_grad, key), per_group(value_grad, value)
    return (
        query_grad.sum_to_size(query.shape),
        key_grad.sum_to_size(key.shape),
        value_grad.sum_to_size(value.shape),
        mask_grad,
    )


def attention_weights(
    scores: Tensor, attn_mask: Tensor | None, is_causal: bool
) -> Tensor:
    """Weigh the keys; a query that sees no key weighs none."""
    if is_causal:
        later = torch.ones_like(scores, dtype=torch.bool).triu(1)
        return scores.masked_fill(later, -math.inf).softmax(-1)
    if attn_mask is None:
        return scores.softmax(-1)
    hidden = attn_mask == -math.inf if attn_mask.is_floating_point() else ~attn_mask
    is_blind = hidden.all(-1, keepdim=True)
    if attn_mask.is_floating_point():
        scores = scores + attn_mask.masked_fill(is_blind, 0)
    else:
        scores = scores.masked_fill(hidden & ~is_blind, -math.inf)
    return scores.softmax(-1).masked_fill(is_blind, 0)


def per_query_head(heads: Tensor, query: Tensor) -> Tensor:
    """Let each head of keys or values serve its group of query heads."""
    return heads.repeat_interleave(query.shape[-3] // heads.shape[-3], -3)


def per_group(grad: Tensor, heads: Tensor) -> Tensor:
    """Add up what a group of query heads sends to the head that served it."""
    return torch.unflatten(grad, -3, (heads.shape[-3], -1)).sum(-3)


RULES: Mapping[str, Rule] = {
    "scaled_dot_product_attention": scaled_dot_product_attention
}
