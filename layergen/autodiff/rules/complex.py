"""Complex numbers, their parts and their conjugates.

A gradient is torch's: that of the real part plus 1j times that of the imaginary part.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.rules.rule import Rule

__all__ = ["COMPLEX", "RULES"]


def real(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, real."""
    if not input.is_complex():
        return (grad,)
    return (torch.complex(grad, torch.zeros_like(grad)),)


def imag(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, imag."""
    return (torch.complex(torch.zeros_like(grad), grad),)


def conj(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, _conj."""
    return (grad.conj(),)


def view_as_real(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, view_as_real."""
    return (torch.complex(*grad.unbind(-1)),)


def view_as_complex(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, view_as_complex."""
    return (torch.stack((grad.real, grad.imag), -1),)


def from_parts(grad: Tensor, out: Tensor, real: Tensor, imag: Tensor) -> Any:
    """Source: derivatives.yaml, complex."""
    return grad.real.sum_to_size(real.shape), grad.imag.sum_to_size(imag.shape)


def polar(grad: Tensor, out: Tensor, abs: Tensor, angle: Tensor) -> Any:
    """Source: derivatives.yaml, polar; the direction of 0 counts as 0."""
    along, across = (grad * out.sgn().conj()).real, (grad * out.conj()).imag
    return along.sum_to_size(abs.shape), across.sum_to_size(angle.shape)


def angle(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, angle: 1j input / |input|^2, and 0 at 0; real ones jump."""
    if not input.is_complex():
        return (None,)
    square = input.real**2 + input.imag**2
    turn = 1j * input / torch.where(square == 0, 1, square)
    return (grad * turn,)


RULES: Mapping[str, Rule] = {
    "real": real,
    "imag": imag,
    "conj": conj,
    "conj_physical": conj,
    "view_as_real": view_as_real,
    "view_as_complex": view_as_complex,
    "complex": from_parts,
    "polar": polar,
    "angle": angle,
}
COMPLEX = frozenset(RULES)
