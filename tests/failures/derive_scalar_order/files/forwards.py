import torch


def ripple(x, gamma):
    return x * gamma if gamma > 1 else x / gamma
