"""Operands that are tensors, or numbers in their place."""

from typing import Any

from torch import Tensor

__all__ = ["conjugate", "into"]


def into(operand: Any, gradient: Tensor) -> Tensor | None:
    """Hand a gradient to a tensor; a number, which may stand in its place, gets none."""
    return gradient if isinstance(operand, Tensor) else None


def conjugate(operand: Any) -> Any:
    """Conjugate a complex tensor; a real one, or a number, stays as it is."""
    is_complex = isinstance(operand, Tensor) and operand.is_complex()
    return operand.conj() if is_complex else operand
