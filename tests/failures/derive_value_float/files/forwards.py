import torch


def ripple(x):
    return x / (1 + float(x.detach().abs().max()))
