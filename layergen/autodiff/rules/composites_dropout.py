"""Dropouts that drop nothing: in evaluation, or of probability 0."""

from collections.abc import Callable, Mapping
from typing import Any

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
    return dropout(input, p, training)


UNFOLDED: Mapping[str, Callable[..., Any]] = {
    "alpha_dropout": alpha_dropout,
    "dropout": dropout,
    "dropout1d": dropout,
    "dropout2d": dropout,
    "dropout3d": dropout,
    "feature_alpha_dropout": alpha_dropout,
}
