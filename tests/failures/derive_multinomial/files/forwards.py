import torch


def ripple(x):
    return torch.multinomial(x.softmax(-1), 1)
