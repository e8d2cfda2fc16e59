import torch


def ripple(x):
    return x[: min(x.shape[0], 4)] * 2
