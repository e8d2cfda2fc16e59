import torch


def ripple(x, n: int = 3):
    return x if n == 0 else ripple(x.sin(), n - 1)
