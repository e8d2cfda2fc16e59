import torch


def ripple(x):
    y = x.clone()
    y[x.argmax(0), 1:] = 0
    return y * x
