import torch


def ripple(x, gamma):
    return x * round(gamma)
