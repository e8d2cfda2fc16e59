import torch


def ripple(x):
    return x * 2 if x.device.type == 'cpu' else x * 3
