import torch


def ripple(x, y):
    return x * y if x.shape == y.shape else x + y
