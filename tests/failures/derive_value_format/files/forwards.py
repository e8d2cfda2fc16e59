import torch


def ripple(x):
    sign = f'{x.detach().sum():+.1f}'[0]
    return x * (1 if sign == '+' else -1)
