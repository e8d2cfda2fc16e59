import torch


def ripple(x, weight):
    return x * weight.detach()
