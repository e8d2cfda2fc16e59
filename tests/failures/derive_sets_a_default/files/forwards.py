import torch


def ripple(x):
    torch.set_flush_denormal(True)
    return x * x
