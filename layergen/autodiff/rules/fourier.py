"""Discrete Fourier transforms: the adjoint of each is its inverse, scaled as itself."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from layergen.autodiff.rules.rule import Rule

__all__ = ["COMPLEX", "DEFINITIONS", "RULES"]

Transform = Callable[..., Tensor]
# norm tells which of two inverses is scaled; of two adjoints both are, or none.
OPPOSITE: Mapping[str | None, str | None] = MappingProxyType(
    {None: "forward", "backward": "forward", "forward": None, "ortho": "ortho"}
)


def fft(
    inverse: Transform,
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    n: int | None = None,
    dim: int = -1,
    norm: str | None = None,
) -> Any:
    """Source: derivatives.yaml, _fft_c2c."""
    spectrum = inverse(grad, **_given(dim, norm))
    return (_fitted(spectrum, input, n, [dim]),)


def rfft(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    n: int | None = None,
    dim: int = -1,
    norm: str | None = None,
) -> Any:
    """Source: derivatives.yaml, _fft_r2c: the half that was left out counts as zeros."""
    length = input.shape[dim] if n is None else n
    spectrum = torch.fft.ifft(grad, n=length, **_given(dim, norm))
    return (_fitted(spectrum, input, n, [dim]),)


def irfft(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    n: int | None = None,
    dim: int = -1,
    norm: str | None = None,
) -> Any:
    """Source: derivatives.yaml, _fft_c2r: a bin that has a mirrored twin counts twice."""
    spectrum = torch.fft.rfft(grad, **_given(dim, norm))
    spectrum = _with_twins(spectrum, grad.shape[dim], dim)
    return (_fitted(spectrum, input, n, [dim]),)


def fftn(
    inverse: Transform,
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    s: Sequence[int] | None = None,
    dim: int | Sequence[int] | None = None,
    norm: str | None = None,
) -> Any:
    """Source: derivatives.yaml, _fft_c2c, along some dimensions; along all, without dim."""
    dims = _dims(s, dim)
    spectrum = inverse(grad, **_given(dims, norm))
    return (_fitted(spectrum, input, s, dims),)


def rfftn(
    inverse: Transform,
    rank: int | None,
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    s: Sequence[int] | None = None,
    dim: int | Sequence[int] | None = None,
    norm: str | None = None,
) -> Any:
    """Source: derivatives.yaml, _fft_r2c: the half that was left out counts as zeros."""
    dims = _dims(s, dim)
    if dims is None:
        size: Any = input.shape[-(rank or input.dim()) :]
    else:
        size = [input.shape[each] for each in dims]
    if s is not None:
        size = [old if new == -1 else new for old, new in zip(size, s, strict=True)]
    spectrum = inverse(grad, s=size, **_given(dims, norm))
    return (_fitted(spectrum, input, s, dims),)


def irfftn(
    forward: Transform,
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    s: Sequence[int] | None = None,
    dim: int | Sequence[int] | None = None,
    norm: str | None = None,
) -> Any:
    """Source: derivatives.yaml, _fft_c2r: a bin that has a mirrored twin counts twice."""
    dims = _dims(s, dim)
    last = -1 if dims is None else dims[-1]
    spectrum = forward(grad, **_given(dims, norm))
    spectrum = _with_twins(spectrum, grad.shape[last], last)
    return (_fitted(spectrum, input, s, dims),)


def _dims(
    s: Sequence[int] | None, dim: int | Sequence[int] | None
) -> Sequence[int] | None:
    """List the dimensions of a transform; None where torch's own choice will do."""
    if isinstance(dim, int):
        return (dim,)
    return tuple(range(-len(s), 0)) if s is not None and dim is None else dim


def _given(dim: int | Sequence[int] | None, norm: str | None) -> dict[str, Any]:
    """Spell the options of the adjoint, without what torch assumes."""
    options: dict[str, Any] = {} if dim is None or dim == -1 else {"dim": dim}
    return options if norm == "forward" else {**options, "norm": OPPOSITE[norm]}


def _with_twins(spectrum: Tensor, length: int, dim: int) -> Tensor:
    """Double the bins that stand for two; neither the first nor, of even lengths, the last do."""
    bins = torch.arange(spectrum.shape[dim], device=spectrum.device)
    twins = (bins > 0) & (2 * bins < length)
    for _ in range(spectrum.dim() - 1 - dim % spectrum.dim()):
        twins = twins.unsqueeze(-1)
    return spectrum * (1 + twins)


def _fitted(
    spectrum: Tensor, input: Tensor, size: Any, dims: Sequence[int] | None
) -> Tensor:
    """Undo what the transform did to its input: zeros added, an end cut off, reals taken."""
    if not input.is_complex():
        spectrum = spectrum.real
    if size is None or dims is None:
        return spectrum
    margins = [0] * (2 * input.dim())
    for dim in dims:
        missing = input.shape[dim] - spectrum.shape[dim]
        margins[2 * (input.dim() - 1 - dim % input.dim()) + 1] = missing
    while len(margins) > 1 and margins[-2:] == [0, 0]:
        margins = margins[:-2]
    return F.pad(spectrum, tuple(margins)) if margins else spectrum


def fftshift(grad: Tensor, out: Tensor, input: Tensor, dim: Any = None) -> Any:
    """Source: the chain rule; the shift back."""
    return (torch.fft.ifftshift(grad, dim),)


def ifftshift(grad: Tensor, out: Tensor, input: Tensor, dim: Any = None) -> Any:
    """Source: the chain rule; the shift forth."""
    return (torch.fft.fftshift(grad, dim),)


def hfft(
    input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None
) -> Any:
    """Source: numpy.fft.hfft: irfft of the conjugate, scaled the other way."""
    return torch.fft.irfft(input.conj(), n, **_given(dim, norm))


def ihfft(
    input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None
) -> Any:
    """Source: numpy.fft.ihfft: the conjugate of rfft, scaled the other way."""
    return torch.fft.rfft(input, n, **_given(dim, norm)).conj()


def hfftn(
    transform: Transform,
    input: Tensor,
    s: Sequence[int] | None = None,
    dim: int | Sequence[int] | None = None,
    norm: str | None = None,
) -> Tensor:
    """Source: numpy.fft.hfft, along several dimensions."""
    return transform(input.conj(), s, **_given(_dims(s, dim), norm))


def ihfftn(
    transform: Transform,
    input: Tensor,
    s: Sequence[int] | None = None,
    dim: int | Sequence[int] | None = None,
    norm: str | None = None,
) -> Tensor:
    """Source: numpy.fft.ihfft, along several dimensions."""
    return transform(input, s, **_given(_dims(s, dim), norm)).conj()


RULES: Mapping[str, Rule] = {
    "fft.fft": partial(fft, torch.fft.ifft),
    "fft.ifft": partial(fft, torch.fft.fft),
    "fft.rfft": rfft,
    "fft.irfft": irfft,
    "fft.fft2": partial(fftn, torch.fft.ifft2),
    "fft.ifft2": partial(fftn, torch.fft.fft2),
    "fft.rfft2": partial(rfftn, torch.fft.ifft2, 2),
    "fft.irfft2": partial(irfftn, torch.fft.rfft2),
    "fft.fftn": partial(fftn, torch.fft.ifftn),
    "fft.ifftn": partial(fftn, torch.fft.fftn),
    "fft.rfftn": partial(rfftn, torch.fft.ifftn, None),
    "fft.irfftn": partial(irfftn, torch.fft.rfftn),
    "fft.fftshift": fftshift,
    "fft.ifftshift": ifftshift,
}
DEFINITIONS: Mapping[str, Callable[..., Any]] = {
    "fft.hfft": hfft,
    "fft.ihfft": ihfft,
    "fft.hfft2": partial(hfftn, torch.fft.irfft2),
    "fft.ihfft2": partial(ihfftn, torch.fft.rfft2),
    "fft.hfftn": partial(hfftn, torch.fft.irfftn),
    "fft.ihfftn": partial(ihfftn, torch.fft.rfftn),
}
COMPLEX = frozenset(RULES)
