"""The conjugates of complex operands; real ones stay as they are, and print as they are."""

from torch import Tensor

__all__ = ["adjoint", "conjugate", "scaled"]

from layergen.autodiff.rules.rule import is_literal


def conjugate(tensor: Tensor) -> Tensor:
    """Conjugate a complex tensor."""
    return tensor.conj() if tensor.is_complex() else tensor


def adjoint(matrix: Tensor) -> Tensor:
    """Transpose the last two dimensions, and conjugate a complex tensor."""
    return matrix.mH if matrix.is_complex() else matrix.mT


def scaled(number: float, tensor: Tensor) -> Tensor:
    """Multiply by a number, unless it was written as 1."""
    return tensor if is_literal(number, 1) else number * tensor
