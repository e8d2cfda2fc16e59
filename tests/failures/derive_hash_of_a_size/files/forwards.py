import torch


def ripple(x):
    table = {2: 0.5, 3: 0.25}
    return x * table.get(x.shape[-1], 1.0)
