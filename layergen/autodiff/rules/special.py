"""The error function and its kin, the gamma function, Bessel functions."""

import math
from collections.abc import Mapping
from typing import Any, Final

import torch
from torch import Tensor

from layergen.autodiff.rules.rule import Rule

__all__ = ["ELEMENTWISE", "RULES"]

ELEMENTWISE: Final = True


def erf(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, erf."""
    return (2 / math.sqrt(math.pi) * grad * torch.exp(-(input**2)),)


def erfc(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, erfc: 1 - erf(input)."""
    return (-2 / math.sqrt(math.pi) * grad * torch.exp(-(input**2)),)


def erfinv(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, erfinv."""
    return (math.sqrt(math.pi) / 2 * grad * torch.exp(out**2),)


def erfcx(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, special_erfcx: exp(input ** 2) * erfc(input)."""
    return (grad * (2 * input * out - 2 / math.sqrt(math.pi)),)


def ndtr(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: the density of the standard normal distribution."""
    return (grad * torch.exp(-(input**2) / 2) / math.sqrt(2 * math.pi),)


def ndtri(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, special_ndtri: one over the density at out."""
    return (math.sqrt(2 * math.pi) * grad * torch.exp(out**2 / 2),)


def log_ndtr(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, special_log_ndtr: the density over ndtr, in logarithms."""
    return (grad * torch.exp(-(input**2) / 2 - out) / math.sqrt(2 * math.pi),)


def lgamma(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, lgamma."""
    return (grad * torch.digamma(input),)


def digamma(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, digamma."""
    return (grad * torch.polygamma(1, input),)


def polygamma(grad: Tensor, out: Tensor, n: int, input: Tensor) -> Any:
    """Source: derivatives.yaml, polygamma."""
    if isinstance(n, Tensor):  # the method: input.polygamma(n)
        return NotImplemented
    return None, grad * torch.polygamma(n + 1, input)


def mvlgamma(grad: Tensor, out: Tensor, input: Tensor, p: int) -> Any:
    """Source: derivatives.yaml, mvlgamma: a sum of lgamma(input - i / 2) and a constant."""
    slope = torch.digamma(input)
    for i in range(1, p):
        slope = slope + torch.digamma(input - i / 2)
    return (grad * slope,)


def i0(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, i0."""
    return (grad * torch.special.i1(input),)


def i0e(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, special_i0e: exp(-|input|) * i0(input)."""
    return (grad * (torch.special.i1e(input) - input.sign() * out),)


def i1(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, special_i1: i0 - i1 / input, which is 1 / 2 at 0."""
    return (grad * (torch.i0(input) - _over(out, input)),)


def i1e(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, special_i1e: exp(-|input|) * i1(input)."""
    slope = torch.special.i0e(input) - _over(out, input) - input.sign() * out
    return (grad * slope,)


def _over(out: Tensor, input: Tensor) -> Tensor:
    """Divide a Bessel function by its argument; at 0 the quotient is 1 / 2."""
    nonzero = torch.where(input == 0, 1, input)
    return torch.where(input == 0, 0.5, out / nonzero)


RULES: Mapping[str, Rule] = {
    "digamma": digamma,
    "erf": erf,
    "erfc": erfc,
    "erfinv": erfinv,
    "i0": i0,
    "lgamma": lgamma,
    "mvlgamma": mvlgamma,
    "polygamma": polygamma,
    "special.erfcx": erfcx,
    "special.i0e": i0e,
    "special.i1": i1,
    "special.i1e": i1e,
    "special.log_ndtr": log_ndtr,
    "special.ndtr": ndtr,
    "special.ndtri": ndtri,
}
