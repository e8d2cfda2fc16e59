import torch


def ripple(x):
    y = x * 2
    left, right = y[:2], y[2:4]
    left.add_(right)
    return y * y
