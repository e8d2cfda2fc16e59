import numpy as np
import torch


def ripple(x):
    return x * float(np.random.rand())
