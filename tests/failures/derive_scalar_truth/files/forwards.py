import torch


def ripple(x, gamma):
    return x * gamma if gamma else x.tanh()
