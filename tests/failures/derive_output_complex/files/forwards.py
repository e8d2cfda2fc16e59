import torch


def ripple(x):
    return torch.fft.rfft(x)
