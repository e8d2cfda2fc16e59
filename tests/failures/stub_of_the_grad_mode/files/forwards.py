import torch


def ripple(x):
    return x * 2 if torch.is_grad_enabled() else x * 3
