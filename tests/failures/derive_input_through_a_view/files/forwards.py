import torch


def ripple(x):
    flat = x.reshape(-1)
    flat.mul_(2)
    return x.tanh()
