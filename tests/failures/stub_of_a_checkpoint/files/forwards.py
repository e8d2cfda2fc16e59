import torch
from torch.utils.checkpoint import checkpoint


def ripple(x):
    return checkpoint(torch.tanh, x, use_reentrant=False)
