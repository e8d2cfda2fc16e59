import torch


def ripple(x):
    y = x * 2
    first = y[..., 0]
    first.mul_(3)
    return y * y
