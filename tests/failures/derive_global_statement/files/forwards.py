import torch

CALLS = 0


def ripple(x):
    global CALLS
    CALLS = CALLS + 1
    return x * x
