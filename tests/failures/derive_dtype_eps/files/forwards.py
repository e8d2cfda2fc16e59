import torch


def ripple(x):
    return x / (x.abs() + torch.finfo(x.dtype).eps)
