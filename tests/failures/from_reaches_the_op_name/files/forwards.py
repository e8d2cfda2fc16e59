import torch


def ripple(x):
    return x.sin()


def wave(x):
    return ripple(x) * 2
