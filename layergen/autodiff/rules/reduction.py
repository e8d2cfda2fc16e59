"""How a loss becomes one number, and back."""

from typing import Any

from torch import Tensor

__all__ = ["is_legacy", "of_each"]


def of_each(grad: Tensor, count: Any, reduction: str) -> Tensor:
    """Hand the gradient of a loss to each of the losses that became one."""
    return grad / count if reduction == "mean" else grad


def is_legacy(size_average: bool | None, reduce: bool | None) -> bool:
    """Tell whether a call spells its reduction as torch 0.4 did."""
    return size_average is not None or reduce is not None
