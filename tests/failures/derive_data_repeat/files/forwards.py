import torch


def ripple(x):
    counts = (x.detach().sum(-1) > 0).long() + 1
    return torch.repeat_interleave(x, counts, 0).sum(0)
