import torch
import torch.nn.functional as F


def ripple(x, y, z):
    def far(a, b):
        return (a - b).abs().sum(-1)

    return F.triplet_margin_with_distance_loss(x, y, z, distance_function=far)
