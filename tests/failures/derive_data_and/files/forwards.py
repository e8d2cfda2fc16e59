import torch


def ripple(x):
    positive = (x > 0).any() and (x < 1).any()
    return x * x if positive else x * 3
