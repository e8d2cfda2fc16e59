"""The forward as it was asked for: the tests compare with this text, not with op.py."""

import torch


def relu(x, threshold=0.0):
    return torch.where(x > threshold, x, 0)
