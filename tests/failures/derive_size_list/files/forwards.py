import torch


def ripple(x):
    scales = [1.0, 0.5, 0.25, 0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9, 1.1]
    return x * scales[x.shape[-1] % 12]
