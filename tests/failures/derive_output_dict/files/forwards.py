import torch


def ripple(x):
    return {'twice': x * 2}
