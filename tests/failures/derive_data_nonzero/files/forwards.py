import torch


def ripple(x):
    rows = torch.nonzero(x.sum(-1) < 1e9).squeeze(-1)
    return x[rows] * 2
