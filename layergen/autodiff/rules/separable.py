"""Linear maps that act on each dimension alone: what each does to the unit vectors is its matrix."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

__all__ = ["adjoint_of", "matrix_of"]


def matrix_of(along: Callable[[Tensor], Tensor], size: int, grad: Tensor) -> Tensor:
    """Apply a map along the last dimension to unit vectors: out is input @ matrix."""
    return along(torch.eye(size, dtype=grad.dtype, device=grad.device))


def adjoint_of(matrices: Sequence[Tensor | None], grad: Tensor) -> Tensor:
    """Undo the matrices of the last dimensions, one to three of them; None changes nothing."""
    *depths, rows, columns = (None, *matrices) if len(matrices) == 1 else matrices
    if columns is not None:
        grad = grad @ columns.mT
    if rows is not None:
        grad = rows @ grad
    for depth in depths:
        if depth is not None:
            grad = torch.einsum("zd,...dhw->...zhw", depth, grad)
    return grad
