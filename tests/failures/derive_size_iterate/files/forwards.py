import torch


def ripple(x):
    total = 0
    for row in x:
        total = total + row * row
    return total
