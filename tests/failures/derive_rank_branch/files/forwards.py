import torch


def ripple(x):
    return x * 2 if x.dim() == 2 else x * 3
