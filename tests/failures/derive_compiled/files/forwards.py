import torch


def ripple(x):
    return torch.compile(torch.tanh, backend='eager')(x)
