import torch


def ripple(x):
    if x.dtype == torch.float64:
        return x * 2
    return x * 3
