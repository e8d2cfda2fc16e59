import numpy as np
import torch


def ripple(x):
    return x / np.sqrt(x.shape[-1])
