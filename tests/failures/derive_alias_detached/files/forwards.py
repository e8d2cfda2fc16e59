import torch


def ripple(x):
    y = x * 2
    apart = y.detach()
    apart.mul_(3)
    return y * y
