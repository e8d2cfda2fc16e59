import torch

SCALE = torch.tensor([0.5, 2.0, 1.5])


def ripple(x):
    return x * SCALE
