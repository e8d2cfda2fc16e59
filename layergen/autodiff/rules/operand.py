"""Operands that are tensors, numbers in their place, or sizes one by one."""

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

__all__ = ["conjugate", "in_one", "into"]


def in_one(given: Sequence[Any], named: Mapping[str, Any]) -> Sequence[Any]:
    """Take the sizes of x.repeat(2, 1), of x.repeat((2, 1)) and of x.repeat(repeats=(2, 1))."""
    first = next(iter((*given, *named.values())), None)
    return first if isinstance(first, Sequence) else given


def into(operand: Any, gradient: Tensor) -> Tensor | None:
    """Hand a gradient to a tensor; a number, which may stand in its place, gets none."""
    return gradient if isinstance(operand, Tensor) else None


def conjugate(operand: Any) -> Any:
    """Conjugate a complex tensor or number; real ones stay as they are."""
    if isinstance(operand, complex):
        return operand.conjugate()
    is_complex = isinstance(operand, Tensor) and operand.is_complex()
    return operand.conj() if is_complex else operand
