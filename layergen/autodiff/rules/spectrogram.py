"""The short-time Fourier transform, as what it is made of."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = ["DEFINITIONS"]


def stft(
    input: Tensor,
    n_fft: int,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Tensor | None = None,
    center: bool = True,
    pad_mode: str = "reflect",
    normalized: bool = False,
    onesided: bool | None = None,
    return_complex: bool | None = None,
    align_to_window: bool | None = None,
) -> Any:
    """Source: torch.stft: the rfft of windows that overlap; without padded or complex windows."""
    is_short = win_length not in (None, n_fft)
    complexes = [input, input if window is None else window]
    if is_short or onesided is False or any(each.is_complex() for each in complexes):
        return NotImplemented
    if center:
        margins = (n_fft // 2, n_fft // 2)
        input = _padded(input, margins, pad_mode)
    frames = input.unfold(-1, n_fft, n_fft // 4 if hop_length is None else hop_length)
    if window is not None:
        frames = frames * window
    norm = {"norm": "ortho"} if normalized else {}
    spectra = torch.fft.rfft(frames, **norm).mT
    return spectra if return_complex else torch.view_as_real(spectra)


def _padded(signal: Tensor, margins: tuple[int, int], mode: str) -> Tensor:
    """Pad along the last dimension; only a constant pads what has no batch."""
    if signal.dim() > 1:
        return F.pad(signal, margins, mode)
    return F.pad(signal.unsqueeze(0), margins, mode).squeeze(0)


DEFINITIONS: Mapping[str, Callable[..., Any]] = {"stft": stft}
