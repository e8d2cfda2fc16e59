import torch


def ripple(x):
    steps = int(x.detach().abs().sum()) % 3 + 1
    for _ in range(steps):
        x = x * 2
    return x
