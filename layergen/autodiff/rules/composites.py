"""Operations that are best differentiated as what they are made of: norms and distances."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.rules.rule import is_literal

__all__ = ["DEFINITIONS", "UNFOLDED"]


def normalize(
    input: Tensor,
    p: float = 2.0,
    dim: int | tuple[int, ...] = 1,
    eps: float = 1e-12,
    _out: None = None,
) -> Any:
    """Source: torch.nn.functional.normalize."""
    norm = torch.linalg.vector_norm(input, p, dim, keepdim=True)
    return input / norm.clamp(min=eps)


def renorm(input: Tensor, p: float, dim: int, maxnorm: float) -> Tensor:
    """Source: torch.renorm; 1e-7 is its own."""
    norm = torch.linalg.vector_norm(input, p, all_but(dim, input), keepdim=True)
    return input * torch.where(norm > maxnorm, maxnorm / (norm + 1e-7), 1)


def weight_norm(v: Tensor, g: Tensor, dim: int = 0) -> Any:
    """Source: Salimans and Kingma, Weight Normalization, 2016, equation 2."""
    return v * (g / norm_except_dim(v, 2, dim))


def norm_except_dim(v: Tensor, pow: int = 2, dim: int = 0) -> Any:
    """Source: torch.norm_except_dim; -1 stands for no dimension to except."""
    if dim == -1:
        return torch.linalg.vector_norm(v, pow)
    return torch.linalg.vector_norm(v, pow, all_but(dim, v), keepdim=True)


def all_but(dim: int, input: Tensor) -> tuple[int, ...]:
    """Name the other dimensions."""
    return tuple(each for each in range(input.dim()) if each != dim % input.dim())


def matrix_norm(
    input: Tensor,
    ord: Any = "fro",
    dim: tuple[int, int] = (-2, -1),
    keepdim: bool = False,
    *,
    dtype: torch.dtype | None = None,
) -> Any:
    """Source: torch.linalg.matrix_norm; the Frobenius norm has a rule."""
    if type(ord) not in (int, float, str) or ord == "fro":
        return NotImplemented
    matrix = input if dtype is None else input.to(dtype)
    if ord == "nuc" or abs(ord) == 2:
        last = matrix if tuple(dim) == (-2, -1) else matrix.movedim(dim, (-2, -1))
        values = torch.linalg.svdvals(last)
        norm = values.sum(-1) if ord == "nuc" else extreme(values, ord, -1, False)
        return norm[..., None, None].movedim((-2, -1), dim) if keepdim else norm
    summed, other = dim if abs(ord) == 1 else (dim[1], dim[0])
    sums = torch.linalg.vector_norm(matrix, 1, summed, keepdim=True)
    norm = extreme(sums, ord, other, True)
    return norm if keepdim else norm.squeeze(dim)


def extreme(values: Tensor, ord: float, dim: int, keepdim: bool) -> Tensor:
    """Take the largest, for a norm of a negative order the smallest."""
    take = values.amax if ord > 0 else values.amin
    return take(dim, keepdim=keepdim)


def linalg_norm(
    input: Tensor,
    ord: Any = None,
    dim: Any = None,
    keepdim: bool = False,
    *,
    dtype: torch.dtype | None = None,
) -> Any:
    """Source: torch.linalg.norm; the norms of vectors have a rule."""
    if ord is None or isinstance(dim, int) or (dim is None and input.dim() == 1):
        return NotImplemented
    return matrix_norm(input, ord, dim or (-2, -1), keepdim, dtype=dtype)


def norm(
    input: Tensor,
    p: Any = "fro",
    dim: Any = None,
    keepdim: bool = False,
    _out: None = None,
    dtype: torch.dtype | None = None,
) -> Any:
    """Source: torch.norm; all but the nuclear norm have a rule."""
    if not isinstance(p, str) or p == "fro":
        return NotImplemented
    return matrix_norm(input, "nuc", dim or (-2, -1), keepdim, dtype=dtype)


def dist(input: Tensor, other: Tensor, p: float = 2) -> Any:
    """Source: torch.dist."""
    return torch.linalg.vector_norm(input - other, p)


def pairwise_distance(
    x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> Any:
    """Source: torch.nn.functional.pairwise_distance."""
    return torch.linalg.vector_norm(x1 - x2 + eps, p, -1, keepdim)


def cdist(
    x1: Tensor,
    x2: Tensor,
    p: float = 2.0,
    compute_mode: str = "use_mm_for_euclid_dist_if_necessary",
) -> Any:
    """Source: torch.cdist; the Euclidean distance has a rule.

    That of the largest difference is left to torch: it lets those that are equal not share.
    """
    if is_literal(p, 2) or is_literal(p, math.inf):
        return NotImplemented
    differences = x1.unsqueeze(-2) - x2.unsqueeze(-3)
    return torch.linalg.vector_norm(differences, p, -1)


def trapezoid(
    y: Tensor, x: Tensor | None = None, *, dx: float | None = None, dim: int = -1
) -> Tensor:
    """Source: torch.trapezoid."""
    return areas(y, x, dx, dim).sum(dim)


def cumulative_trapezoid(
    y: Tensor, x: Tensor | None = None, *, dx: float | None = None, dim: int = -1
) -> Tensor:
    """Source: torch.cumulative_trapezoid."""
    return areas(y, x, dx, dim).cumsum(dim)


def areas(y: Tensor, x: Tensor | None, dx: float | None, dim: int) -> Tensor:
    """Give the area below each piece of a curve: width times mean height."""
    pieces = y.shape[dim] - 1
    heights = (y.narrow(dim, 0, pieces) + y.narrow(dim, 1, pieces)) / 2
    if x is None:
        return heights if dx is None else dx * heights
    behind = y.dim() - 1 - dim % y.dim()
    if x.dim() == 1:
        return x.diff().reshape(-1, *(1,) * behind) * heights
    return x.diff(dim=-1 - behind) * heights


def bilinear(
    input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None
) -> Tensor:
    """Source: torch.nn.Bilinear; torch's own takes no symbols for sizes."""
    product = torch.einsum("...i,oij,...j->...o", input1, weight, input2)
    return product if bias is None else product + bias


DEFINITIONS: Mapping[str, Callable[..., Any]] = {
    "_weight_norm": weight_norm,
    "cdist": cdist,
    "cumulative_trapezoid": cumulative_trapezoid,
    "dist": dist,
    "linalg.matrix_norm": matrix_norm,
    "linalg.norm": linalg_norm,
    "norm": norm,
    "norm_except_dim": norm_except_dim,
    "normalize": normalize,
    "pairwise_distance": pairwise_distance,
    "renorm": renorm,
    "trapezoid": trapezoid,
    "trapz": trapezoid,
}
# These are recorded as what they are made of.
UNFOLDED: Mapping[str, Callable[..., Any]] = {"bilinear": bilinear}
