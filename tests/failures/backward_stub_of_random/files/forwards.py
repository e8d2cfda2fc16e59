import torch


def ripple(x):
    return x * torch.rand_like(x)
