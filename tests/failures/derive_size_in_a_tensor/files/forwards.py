import torch


def ripple(x):
    return x / torch.tensor(float(x.shape[-1])).sqrt()
