import torch


@torch.jit.script
def twice(x):
    return x * 2


def ripple(x):
    return twice(x) * x
