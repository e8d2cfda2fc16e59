import torch


def ripple(x):
    return x * (x.data_ptr() % 1024)
