"""The forward as it was asked for: the tests compare with this text, not with op.py."""

import torch


def layer_norm(x, weight, bias=None, eps=1e-5):
    centered = x - x.mean(-1, keepdim=True)
    rstd = torch.rsqrt(centered.square().mean(-1, keepdim=True) + eps)
    y = centered * rstd * weight
    return y if bias is None else y + bias
