import torch


def ripple(x):
    while x.abs().max() > 1:
        x = x / 2
    return x * x
