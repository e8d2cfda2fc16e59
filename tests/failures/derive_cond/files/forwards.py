import torch


def ripple(x):
    return torch.cond(x.sum() > 0, torch.sin, torch.cos, (x,))
