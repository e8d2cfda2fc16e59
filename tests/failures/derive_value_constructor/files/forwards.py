import torch


def ripple(x):
    return x * torch.tensor([float(x.detach().sum()), 1.0]).sum()
