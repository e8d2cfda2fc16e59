"""The forward as it was asked for: the tests compare with this text, not with op.py."""

import torch


def layer_norm(x, weight, bias=None, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    centered = x - x.mean(dims, keepdim=True)
    variance = centered.square().mean(dims, keepdim=True)
    y = centered * torch.rsqrt(variance + eps) * weight
    return y if bias is None else y + bias
