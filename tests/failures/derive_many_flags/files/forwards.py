import torch


def ripple(x, a, b, c, d, e, f):
    for power, flag in enumerate((a, b, c, d, e, f), 1):
        if flag:
            x = x * power
    return x.tanh()
