import torch


def ripple(x):
    y = x * 2
    y[..., 0] += 1
    return y * y
