import torch


def ripple(x):
    return torch.as_strided(x, (2, 2), (1, 1)) * 2
