import torch


def ripple(x):
    y = x * 2
    y.scale = 3.0
    return y * y.scale
