import torch
from torch import nn

LINEAR = nn.Linear(3, 3, dtype=torch.float64)


def ripple(x):
    return x * LINEAR(x)
