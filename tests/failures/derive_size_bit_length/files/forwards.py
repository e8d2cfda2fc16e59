import torch


def ripple(x):
    return x * x.shape[-1].bit_length()
