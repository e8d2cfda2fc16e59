import torch


def ripple(x):
    if x.sum() > 0:
        return x * 2
    return x.tanh()
