import torch


def ripple(x):
    y = x * 2
    turned = y.mT
    y.mul_(3)
    return turned * turned
