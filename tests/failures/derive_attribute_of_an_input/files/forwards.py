import torch


def ripple(x):
    x.seen = True
    return x * 2
