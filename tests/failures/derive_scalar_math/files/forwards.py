from math import log1p

import torch


def ripple(x, gamma):
    return x * log1p(gamma)
