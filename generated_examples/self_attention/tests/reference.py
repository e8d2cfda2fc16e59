"""The forward as it was asked for: the tests compare with this text, not with op.py."""

import math

import torch


def self_attention(q, k, v, mask=None, causal=False):
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    if mask is not None and mask.dtype == torch.bool:
        mask = torch.zeros_like(scores).masked_fill(~mask, -math.inf)
    if mask is not None:
        scores = scores + mask
    if causal:
        scores = scores + torch.full_like(scores, -math.inf).triu(1)
    nowhere = (scores == -math.inf).all(-1, keepdim=True)
    weights = torch.softmax(scores.masked_fill(nowhere, 0.0), -1)
    return weights.masked_fill(nowhere, 0.0) @ v


class SelfAttention:
    def forward(self, x, mask=None):
        q, k, v = (
            part.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
            for part in self.project_in(x).chunk(3, -1)
        )
        heads = self_attention(q, k, v, mask, self.causal)
        return self.project_out(heads.transpose(1, 2).flatten(2))
