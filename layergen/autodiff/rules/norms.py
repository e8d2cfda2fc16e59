"""Norms of vectors, and the norms of matrices that are norms of their elements."""

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.rules.reduced import Dims, spread, with_dims
from layergen.autodiff.rules.rule import Rule, is_literal

__all__ = ["RULES", "nonzero"]


def vector_norm(
    grad: Tensor,
    out: Tensor,
    x: Tensor,
    ord: float = 2,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    dtype: torch.dtype | None = None,
) -> Any:
    """Source: derivatives.yaml, linalg_vector_norm; the gradient of a zero vector is 0.

    In general it is sign(x) (|x| / norm) ** (ord - 1).
    """
    grad, norm = with_dims(grad, x, dim, keepdim), with_dims(out, x, dim, keepdim)
    if is_literal(ord, 0):
        return (torch.zeros_like(x),)  # how many are not 0: flat almost everywhere
    if is_literal(ord, 1):
        return (grad * x.sign(),)
    if is_literal(ord, math.inf) or is_literal(ord, -math.inf):
        return (spread(grad, x.abs() == norm, dim) * x.sign(),)
    divisor = nonzero(norm)
    if is_literal(ord, 2):
        return (grad / divisor * x,)
    slope = (x.abs() / divisor) ** (ord - 1)
    if type(ord) not in (int, float) or ord < 1:  # 0 ** (ord - 1) may be infinite
        slope = slope.masked_fill(x == 0, 0)
    return (grad * x.sign() * slope,)


def nonzero(norm: Tensor) -> Tensor:
    """Let what is divided by a norm of 0 become 0: inf stands for it."""
    return norm.masked_fill(norm == 0, math.inf)


def norm(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    p: float | str | None = "fro",
    dim: Dims = None,
    keepdim: bool = False,
    _out: None = None,
    dtype: torch.dtype | None = None,
) -> Any:
    """Source: derivatives.yaml, norm; "fro" is the norm of all elements."""
    if isinstance(p, str):
        return linalg_norm(grad, out, input, p, dim, keepdim)
    return vector_norm(grad, out, input, 2 if p is None else p, dim, keepdim)


def linalg_norm(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    ord: float | str | None = None,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    dtype: torch.dtype | None = None,
) -> Any:
    """Source: derivatives.yaml, linalg_vector_norm; of a matrix, only the Frobenius norm."""
    if isinstance(ord, str) and ord != "fro":
        return NotImplemented
    if ord is None or isinstance(ord, str):
        return vector_norm(grad, out, input, 2, dim, keepdim)
    if isinstance(dim, int) or input.dim() == 1:
        return vector_norm(grad, out, input, ord, dim, keepdim)
    return NotImplemented


def matrix_norm(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    ord: float | str = "fro",
    dim: Dims = (-2, -1),
    keepdim: bool = False,
    *,
    dtype: torch.dtype | None = None,
) -> Any:
    """Source: derivatives.yaml, linalg_vector_norm; only the Frobenius norm."""
    return linalg_norm(grad, out, input, ord, dim, keepdim)


RULES: Mapping[str, Rule] = {
    "norm": norm,
    "linalg.vector_norm": vector_norm,
    "linalg.norm": linalg_norm,
    "linalg.matrix_norm": matrix_norm,
}
