import numpy as np
import torch


def ripple(x):
    weights = torch.from_numpy(np.tanh(np.asarray(x.detach())))
    return x * weights.to(x)
