"""Claims about functions that are written by hand, at samples made from example inputs."""

import inspect

import torch
from torch import Tensor

from layergen.gate.claim import Claim, is_floating
from layergen.gate.samples import samples_from


def claim_of(plain, derived, *args, differentiable=None, **more):
    names = tuple(inspect.signature(plain).parameters)
    if differentiable is None:
        differentiable = [at for at, each in enumerate(args) if is_floating(each)]
    samples = samples_from(args, plain, names)
    return Claim(
        plain.__name__, derived, plain, samples, names, tuple(differentiable), **more
    )


def random(*shape: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)
