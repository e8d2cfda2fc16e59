"""Powers, the exponential and the condition of a matrix, and tensors taken for matrices."""

# ruff: noqa: N803 # the capitals of torch and of the papers

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.rules.rule import Rule, is_literal

__all__ = ["DEFINITIONS", "RULES"]


def matrix_exp(grad: Tensor, out: Tensor, A: Tensor) -> Any:
    """Source: Higham 2008, Functions of Matrices, theorem 3.6: the corner of a block's exp."""
    top = torch.cat((A.mT, grad), -1)
    bottom = torch.cat((torch.zeros_like(A), A.mT), -1)
    block = torch.linalg.matrix_exp(torch.cat((top, bottom), -2))
    size = A.shape[-1]
    return (block[..., :size, size:],)


def matrix_power(input: Tensor, n: int) -> Any:
    """Source: its definition, as products; torch's own too for n = 2 and 3."""
    if n == 0:
        return NotImplemented
    if n == 1:
        return input.clone()
    factor = torch.linalg.inv(input) if n < 0 else input
    power = factor if n == -1 else factor @ factor
    for _ in range(abs(n) - 2):
        power = power @ factor
    return power


def tensorinv(A: Tensor, ind: int = 2) -> Any:
    """Source: numpy.linalg.tensorinv: the inverse of a matrix with many rows and columns."""
    matrix = A.flatten(ind).flatten(0, ind - 1)
    return torch.linalg.inv(matrix).reshape((*A.shape[ind:], *A.shape[:ind]))


def tensorsolve(A: Tensor, B: Tensor, dims: Sequence[int] | None = None) -> Any:
    """Source: numpy.linalg.tensorsolve: a system of equations with many unknowns."""
    if dims is not None:
        tensor = A.movedim(tuple(dims), tuple(range(-len(dims), 0)))
        return tensorsolve(tensor, B)
    matrix = A.flatten(B.dim()).flatten(0, B.dim() - 1)
    return torch.linalg.solve(matrix, B.flatten()).reshape(A.shape[B.dim() :])


def vander(x: Tensor, *, N: int | None = None) -> Any:
    """Source: torch.linalg.vander: the powers from 0 on, side by side."""
    x = x.reshape(1) if x.dim() == 0 else x
    count = x.shape[-1] if N is None else N
    column = x.unsqueeze(-1)
    powers = column.expand((*x.shape, count - 1))
    return torch.cat((torch.ones_like(column), powers), -1).cumprod(-1)


def cond(A: Tensor, p: Any = None) -> Any:
    """Source: torch.linalg.cond, of the norm that singular values give."""
    if not (p is None or is_literal(p, 2) or is_literal(p, -2)):
        return NotImplemented
    values = torch.linalg.svdvals(A)
    largest, smallest = values[..., 0], values[..., -1]
    return smallest / largest if is_literal(p, -2) else largest / smallest


RULES: Mapping[str, Rule] = {
    "linalg.matrix_exp": matrix_exp,
    "matrix_exp": matrix_exp,
}
DEFINITIONS: Mapping[str, Callable[..., Any]] = {
    "linalg.matrix_power": matrix_power,
    "matrix_power": matrix_power,
    "linalg.tensorinv": tensorinv,
    "linalg.tensorsolve": tensorsolve,
    "linalg.vander": vander,
    "linalg.cond": cond,
}
