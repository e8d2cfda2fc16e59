import torch


def ripple(x):
    y = torch.empty_like(x)
    return torch.mul(x, 2, out=y)
