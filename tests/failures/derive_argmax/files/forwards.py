import torch


def ripple(x):
    return x.argmax(-1).double()
