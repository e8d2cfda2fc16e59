import torch


def ripple(x):
    x[..., 0] = 0
    return x.tanh()
