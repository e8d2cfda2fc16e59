import torch


def ripple(x):
    return x / float(x.shape[-1])
