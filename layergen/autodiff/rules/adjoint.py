"""The transpose and the multiple that adjoints are full of, without what is not needed."""

from torch import Tensor

from layergen.autodiff.rules.operand import conjugate
from layergen.autodiff.rules.rule import is_literal

__all__ = ["adjoint", "scaled"]


def adjoint(matrix: Tensor) -> Tensor:
    """Transpose the last two dimensions, and conjugate a complex tensor."""
    return matrix.mH if matrix.is_complex() else matrix.mT


def scaled(number: float, tensor: Tensor) -> Tensor:
    """Multiply by a number's conjugate, unless it was written as 1."""
    return tensor if is_literal(number, 1) else conjugate(number) * tensor
