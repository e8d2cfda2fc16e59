import torch

CACHE = {}


def ripple(x):
    if 'last' not in CACHE:
        CACHE['last'] = x.detach()
    return x * 2
