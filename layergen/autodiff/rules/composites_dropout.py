"""Dropouts that drop nothing, and those whose noise torch keeps to itself."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from layergen.autodiff.rules.rule import is_literal

__all__ = ["UNFOLDED"]


def dropout(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Any:
    """Source: torch.nn.functional.dropout."""
    return NotImplemented if training and not is_literal(p, 0) else input


def alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Any:
    """Source: torch.nn.functional.alpha_dropout; it is off unless told."""
    if not training or is_literal(p, 0):
        return input
    return with_alpha(input, F.dropout(torch.ones_like(input), p), p)


def feature_alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Any:
    """Source: torch.nn.functional.feature_alpha_dropout: whole channels are dropped."""
    if not training or is_literal(p, 0):
        return input
    channels = (*input.shape[:2], *[1] * (input.dim() - 2))
    ones = torch.ones(channels, dtype=input.dtype, device=input.device)
    return with_alpha(input, F.dropout(ones, p), p)


def with_alpha(input: Tensor, keep_scale: Tensor, p: float) -> Tensor:
    """Put SELU's lower limit where something is dropped, and keep the mean and the variance.

    Source: Klambauer et al., Self-Normalizing Neural Networks, 2017, section 2.
    """
    if is_literal(p, 1):
        return input * keep_scale
    scale: float = ((1 - p) * (1 + p * LIMIT**2)) ** -0.5
    kept: Tensor = torch.where(keep_scale > 0, input, -LIMIT)
    return kept * scale + scale * LIMIT * p


LIMIT = 1.7580993408473766  # aten/src/ATen/native/Dropout.cpp

UNFOLDED: Mapping[str, Callable[..., Any]] = {
    "alpha_dropout": alpha_dropout,
    "dropout": dropout,
    "dropout1d": dropout,
    "dropout2d": dropout,
    "dropout3d": dropout,
    "feature_alpha_dropout": feature_alpha_dropout,
}
