import torch


def ripple(x):
    return x * 2 if x.shape[-1] > 1000 else x * 3
