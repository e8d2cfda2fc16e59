"""Attention that draws dropout, and that of several heads, by torch's own steps."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from layergen.autodiff.rules.attention import per_query_head
from layergen.autodiff.rules.rule import is_literal

__all__ = ["UNFOLDED"]


def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Any:
    """Source: torch.nn.functional; without dropout it has a rule."""
    if is_literal(dropout_p, 0):
        return NotImplemented
    if enable_gqa:
        key, value = per_query_head(key, query), per_query_head(value, query)
    scale = query.shape[-1] ** -0.5 if scale is None else scale
    scores = query @ key.mT * scale
    if is_causal:
        attn_mask = torch.ones_like(scores, dtype=torch.bool).tril()
    weights = masked(scores, attn_mask).softmax(-1)
    return F.dropout(weights, dropout_p) @ value


def masked(scores: Tensor, mask: Tensor | None) -> Tensor:
    """Hide keys: where a mask of booleans is False, or by what is added."""
    if mask is None:
        return scores
    if mask.is_floating_point():
        return scores + mask
    return scores.masked_fill(~mask, -math.inf)


def multi_head_attention_forward(*args: Any, **kwargs: Any) -> Any:
    """Source: Vaswani et al., Attention Is All You Need, 2017, as torch.nn.functional has it."""
    return Heads(*args, **kwargs).attend()


@dataclass(frozen=True, slots=True)
class Heads:
    """The arguments of F.multi_head_attention_forward; (length, batch, features) go in."""

    query: Tensor
    key: Tensor
    value: Tensor
    embed_dim_to_check: int
    num_heads: int
    in_proj_weight: Tensor | None
    in_proj_bias: Tensor | None
    bias_k: Tensor | None
    bias_v: Tensor | None
    add_zero_attn: bool
    dropout_p: float
    out_proj_weight: Tensor
    out_proj_bias: Tensor | None
    training: bool = True
    key_padding_mask: Tensor | None = None
    need_weights: bool = True
    attn_mask: Tensor | None = None
    use_separate_proj_weight: bool = False
    q_proj_weight: Tensor | None = None
    k_proj_weight: Tensor | None = None
    v_proj_weight: Tensor | None = None
    static_k: Tensor | None = None
    static_v: Tensor | None = None
    average_attn_weights: bool = True
    is_causal: bool = False

    def attend(self) -> Any:
        """Project, weigh the values of each head, and join the heads."""
        if self.static_k is not None or self.static_v is not None:
            return NotImplemented
        if self.query.dim() != 3:
            return NotImplemented
        q, k, v = self.projected()
        dropout_p = self.dropout_p if self.training else 0.0
        if not self.need_weights:
            is_causal = self.is_causal and self.key_padding_mask is None
            mask = None if is_causal else self.mask()
            heads = F.scaled_dot_product_attention(q, k, v, mask, dropout_p, is_causal)
            return self.joined(heads), None
        scores = q @ k.mT * q.shape[-1] ** -0.5
        weights = masked(scores, self.mask()).softmax(-1)
        if not is_literal(dropout_p, 0):
            weights = F.dropout(weights, dropout_p)
        told = weights.mean(1) if self.average_attn_weights else weights
        return self.joined(weights @ v), told

    def projected(self) -> list[Tensor]:
        """Give queries, keys and values, head by head: (batch, heads, length, features)."""
        weights: Any = (self.q_proj_weight, self.k_proj_weight, self.v_proj_weight)
        if not self.use_separate_proj_weight:
            assert self.in_proj_weight is not None
            weights = self.in_proj_weight.chunk(3)
        biases: Any = (None,) * 3
        if self.in_proj_bias is not None:
            biases = self.in_proj_bias.chunk(3)
        given = zip((self.query, self.key, self.value), weights, biases, strict=True)
        q, k, v = (F.linear(*each) for each in given)
        if self.bias_k is not None and self.bias_v is not None:
            k, v = self.followed(k, self.bias_k), self.followed(v, self.bias_v)
        q, k, v = self.parted(q), self.parted(k), self.parted(v)
        if self.add_zero_attn:
            k, v = F.pad(k, (0, 0, 0, 1)), F.pad(v, (0, 0, 0, 1))
        return [q, k, v]

    def followed(self, sequence: Tensor, last: Tensor) -> Tensor:
        """Append one learned key, or value, to each sequence."""
        return torch.cat([sequence, last.expand(1, sequence.shape[1], -1)])

    def parted(self, sequence: Tensor) -> Tensor:
        """Part the features among the heads."""
        length, batch, features = sequence.shape
        parts = (length, batch, self.num_heads, features // self.num_heads)
        return sequence.reshape(parts).permute(1, 2, 0, 3)

    def joined(self, heads: Tensor) -> Tensor:
        """Put the heads side by side, and project them."""
        flat = heads.permute(2, 0, 1, 3).flatten(-2)
        return F.linear(flat, self.out_proj_weight, self.out_proj_bias)

    def mask(self) -> Tensor | None:
        """Make one mask of the two: what is hidden is -inf, the rest is added."""
        masks = []
        if self.attn_mask is not None:
            attn_mask = self.added(self.attn_mask)
            if attn_mask.dim() == 3:
                heads = (attn_mask.shape[0] // self.num_heads, self.num_heads)
                attn_mask = torch.unflatten(attn_mask, 0, heads)
            masks.append(attn_mask)
        if self.key_padding_mask is not None:
            masks.append(self.added(self.key_padding_mask)[:, None, None])
        return sum(masks[1:], masks[0]) if masks else None

    def added(self, mask: Tensor) -> Tensor:
        """Make a mask something to add, 0 for the keys that were appended."""
        if not mask.is_floating_point():
            nothing = torch.zeros_like(mask, dtype=self.query.dtype)
            mask = nothing.masked_fill(mask, -math.inf)
        appended = int(self.bias_k is not None) + int(self.add_zero_attn)
        return F.pad(mask, (0, appended)) if appended else mask


UNFOLDED: Mapping[str, Callable[..., Any]] = {
    "multi_head_attention_forward": multi_head_attention_forward,
    "scaled_dot_product_attention": scaled_dot_product_attention,
}
