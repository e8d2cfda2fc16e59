import torch


def ripple(x):
    table = [0.1, 0.2, 0.4]
    return x * table[(x.detach().sum() > 0).long()]
