import torch

CALLS = []


def ripple(x):
    CALLS.append(1)
    return x * len(CALLS)
