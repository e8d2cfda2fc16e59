import torch


def ripple(x):
    y = torch.empty_like(x)
    torch.mul(x.detach(), 2, out=y)
    return y * x
