import torch


def ripple(x):
    return torch.func.jacrev(torch.tanh)(x).sum(-1)
