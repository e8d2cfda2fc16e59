import torch


def ripple(x):
    y = x.clone()
    y[x < 0] = 0.0
    return y * x
