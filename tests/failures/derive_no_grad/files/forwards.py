import torch


def ripple(x):
    with torch.no_grad():
        return x * 2
