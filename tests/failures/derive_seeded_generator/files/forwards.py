import torch


def ripple(x):
    generator = torch.Generator()
    generator.manual_seed(0)
    return x * torch.rand(3, generator=generator).sum()
