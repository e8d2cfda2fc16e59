import torch


def ripple(x):
    return x * 2 if x.data_ptr() % 8 == 0 else x * 3
