"""Products of matrices and vectors: each factor's gradient is the other factor times grad."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.rules.adjoint import adjoint, scaled
from layergen.autodiff.rules.operand import conjugate
from layergen.autodiff.rules.rule import Rule

__all__ = ["COMPLEX", "RULES"]


def matmul(grad: Tensor, out: Tensor, input: Tensor, other: Tensor) -> Any:
    """Source: derivatives.yaml, mm; summed over the batches that were broadcast."""
    if input.dim() == 1:
        return _vector_matmul(grad, input, other)
    if other.dim() == 1:
        rows = rows_of(input)
        return grad.unsqueeze(-1) * conjugate(other), adjoint(rows) @ grad.flatten()
    if other.dim() == 2:
        rows, grad_rows = rows_of(input), rows_of(grad)
        return grad @ adjoint(other), adjoint(rows) @ grad_rows
    input_grad = (grad @ adjoint(other)).sum_to_size(input.shape)
    return input_grad, (adjoint(input) @ grad).sum_to_size(other.shape)


def rows_of(tensor: Tensor) -> Tensor:
    """Put all leading dimensions, as many as there are or none, into one."""
    if tensor.dim() == 2:
        return tensor
    if tensor.shape[-1] == 0:
        return tensor.flatten(0, -2)  # of nothing, -1 may be any number of rows
    return tensor.reshape(-1, tensor.shape[-1])


def _vector_matmul(grad: Tensor, vector: Tensor, other: Tensor) -> Any:
    """Differentiate a vector times a vector, a matrix or a batch of matrices."""
    if other.dim() == 1:
        return (grad * conjugate(other), grad * conjugate(vector))
    other_grad = conjugate(vector).unsqueeze(-1) * grad.unsqueeze(-2)
    if other.dim() == 2:
        return conjugate(other) @ grad, other_grad
    batch = (conjugate(other) @ grad.unsqueeze(-1)).squeeze(-1)
    return batch.sum_to_size(vector.shape), other_grad


def mm(grad: Tensor, out: Tensor, input: Tensor, mat2: Tensor) -> Any:
    """Source: derivatives.yaml, mm and bmm."""
    return grad @ adjoint(mat2), adjoint(input) @ grad


def mv(grad: Tensor, out: Tensor, input: Tensor, vec: Tensor) -> Any:
    """Source: derivatives.yaml, mv."""
    return torch.outer(grad, conjugate(vec)), adjoint(input) @ grad


def dot(grad: Tensor, out: Tensor, input: Tensor, tensor: Tensor) -> Any:
    """Source: derivatives.yaml, dot."""
    return grad * conjugate(tensor), grad * conjugate(input)


def vdot(grad: Tensor, out: Tensor, input: Tensor, other: Tensor) -> Any:
    """Source: derivatives.yaml, vdot."""
    return conjugate(grad) * other, grad * input


def vecdot(grad: Tensor, out: Tensor, x: Tensor, y: Tensor, *, dim: int = -1) -> Any:
    """Source: derivatives.yaml, linalg_vecdot: the sum of conj(x) y along one dimension."""
    grad = grad.unsqueeze(dim)
    return (conjugate(grad) * y).sum_to_size(x.shape), (grad * x).sum_to_size(y.shape)


def outer(grad: Tensor, out: Tensor, input: Tensor, vec2: Tensor) -> Any:
    """Source: the chain rule, on out[i, j] = input[i] vec2[j]."""
    return grad @ conjugate(vec2), conjugate(input) @ grad


def linear(
    grad: Tensor, out: Tensor, input: Tensor, weight: Tensor, bias: Tensor | None = None
) -> Any:
    """Source: derivatives.yaml, linear: every leading dimension counts as batch."""
    if weight.dim() == 1:
        bias_grad = None if bias is None else grad.sum()
        return (*matmul(grad, out, input, weight), bias_grad)
    if input.dim() == 1:
        weight_grad = torch.outer(grad, conjugate(input))
        return grad @ conjugate(weight), weight_grad, None if bias is None else grad
    grad_rows, rows = rows_of(grad), conjugate(rows_of(input))
    bias_grad = None if bias is None else grad_rows.sum(0)
    return grad @ conjugate(weight), grad_rows.mT @ rows, bias_grad


def addmm(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    mat1: Tensor,
    mat2: Tensor,
    *,
    beta: float = 1,
    alpha: float = 1,
) -> Any:
    """Source: derivatives.yaml, addmm: beta input + alpha mat1 @ mat2."""
    scaled_grad = scaled(alpha, grad)
    input_grad = scaled(beta, grad.sum_to_size(input.shape))
    return input_grad, scaled_grad @ adjoint(mat2), adjoint(mat1) @ scaled_grad


def addmv(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    mat: Tensor,
    vec: Tensor,
    *,
    beta: float = 1,
    alpha: float = 1,
) -> Any:
    """Source: derivatives.yaml, addmv: beta input + alpha mat @ vec."""
    input_grad = scaled(beta, grad.sum_to_size(input.shape))
    return (input_grad, *mv(scaled(alpha, grad), out, mat, vec))


def addr(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    vec1: Tensor,
    vec2: Tensor,
    *,
    beta: float = 1,
    alpha: float = 1,
) -> Any:
    """Source: derivatives.yaml, addr: beta input + alpha outer(vec1, vec2)."""
    input_grad = scaled(beta, grad.sum_to_size(input.shape))
    return (input_grad, *outer(scaled(alpha, grad), out, vec1, vec2))


def addbmm(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    batch1: Tensor,
    batch2: Tensor,
    *,
    beta: float = 1,
    alpha: float = 1,
) -> Any:
    """Source: derivatives.yaml, addbmm: beta input + alpha times the sum of batch1 @ batch2."""
    input_grad = scaled(beta, grad.sum_to_size(input.shape))
    return (input_grad, *mm(scaled(alpha, grad), out, batch1, batch2))


def cross(
    grad: Tensor, out: Tensor, input: Tensor, other: Tensor, *, dim: int = -1
) -> Any:
    """Source: derivatives.yaml, linalg_cross; a x b turns into b x grad and grad x a."""
    options = {} if dim == -1 else {"dim": dim}
    input_grad = torch.linalg.cross(conjugate(other), grad, **options)
    other_grad = torch.linalg.cross(grad, conjugate(input), **options)
    return input_grad.sum_to_size(input.shape), other_grad.sum_to_size(other.shape)


def old_cross(
    grad: Tensor, out: Tensor, input: Tensor, other: Tensor, dim: int | None = None
) -> Any:
    """Source: derivatives.yaml, linalg_cross; without dim, torch looks for a size of 3."""
    return NotImplemented if dim is None else cross(grad, out, input, other, dim=dim)


def hermitian(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: the chain rule; the conjugate transpose is its own adjoint."""
    return (grad.H,)


RULES: Mapping[str, Rule] = {
    "matmul": matmul,
    "linalg.matmul": matmul,
    "mm": mm,
    "bmm": mm,
    "mv": mv,
    "dot": dot,
    "vdot": vdot,
    "linalg.vecdot": vecdot,
    "outer": outer,
    "ger": outer,
    "linear": linear,
    "addmm": addmm,
    "addmv": addmv,
    "addr": addr,
    "addbmm": addbmm,
    "baddbmm": addbmm,
    "linalg.cross": cross,
    "cross": old_cross,
    "H": hermitian,
}
COMPLEX = frozenset(RULES) - {"addmm", "addmv", "addr", "addbmm", "baddbmm"}
