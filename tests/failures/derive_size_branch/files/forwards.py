import torch


def ripple(x):
    if x.shape[-1] > 4:
        return x * 2
    return x * 3
