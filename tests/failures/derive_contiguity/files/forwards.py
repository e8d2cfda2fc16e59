import torch


def ripple(x):
    return x * 2 if x.is_contiguous() else x * 3
