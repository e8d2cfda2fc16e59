import torch


def ripple(x):
    generator = torch.Generator()
    generator.seed()
    return x * torch.rand(x.shape, generator=generator)
