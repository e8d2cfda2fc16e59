import random

import torch


def ripple(x):
    return x * random.random()
