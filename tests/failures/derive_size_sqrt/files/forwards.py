from math import sqrt

import torch


def ripple(x):
    return x / sqrt(x.shape[-1])
