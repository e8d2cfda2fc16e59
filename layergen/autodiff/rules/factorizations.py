"""Factorizations of matrices, and what is solved or measured with their factors."""

# ruff: noqa: N803, N806 # the capitals of torch and of the papers

from collections.abc import Mapping
from math import inf
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.rules.rule import Rule

__all__ = ["RULES"]


def cholesky(grad: Tensor, out: Tensor, A: Tensor, *, upper: bool = False) -> Any:
    """Source: Murray 2016, arXiv:1602.07527, equation 8."""
    if upper:
        return cholesky(grad.mT, out.mT, A)
    product = out.mT @ grad
    symmetric = product.tril() + product.tril(-1).mT
    halfway = torch.linalg.solve_triangular(out.mT, symmetric, upper=True)
    doubled = torch.linalg.solve_triangular(out, halfway, upper=False, left=False)
    return (doubled / 2,)


def cholesky_ex(
    grad: Any,
    out: Any,
    A: Tensor,
    *,
    upper: bool = False,
    check_errors: bool = False,
) -> Any:
    """Source: Murray 2016, equation 8; the second result is a code of errors."""
    return cholesky(grad[0], out[0], A, upper=upper)


def old_cholesky(grad: Tensor, out: Tensor, input: Tensor, upper: bool = False) -> Any:
    """Source: Murray 2016, equation 8."""
    return cholesky(grad, out, input, upper=upper)


def cholesky_solve(
    grad: Tensor, out: Tensor, B: Tensor, L: Tensor, upper: bool = False
) -> Any:
    """Source: derivatives.yaml, cholesky_solve: L L.mT out = B."""
    B_grad = torch.cholesky_solve(grad, L, upper)
    product = B_grad @ out.mT
    A_grad = -(product + product.mT)
    L_grad = L @ A_grad if upper else A_grad @ L
    return B_grad.sum_to_size(B.shape), L_grad.sum_to_size(L.shape)


def cholesky_inverse(grad: Tensor, out: Tensor, L: Tensor, upper: bool = False) -> Any:
    """Source: derivatives.yaml, cholesky_inverse: out = inv(L L.mT)."""
    A_grad = -out @ (grad + grad.mT) @ out
    return (L @ A_grad if upper else A_grad @ L,)


def qr(grad: Any, out: Any, A: Tensor, mode: str = "reduced") -> Any:
    """Source: Walter and Lehmann 2012, arXiv:1009.6112, equation 4.16, of tall matrices."""
    if mode != "reduced" or A.shape[-2] < A.shape[-1]:
        return NotImplemented
    (Q, R), (Q_grad, R_grad) = out, grad
    product = -(Q_grad.mT @ Q) if R_grad is None else R @ R_grad.mT
    if R_grad is not None and Q_grad is not None:
        product = product - Q_grad.mT @ Q
    total = Q @ (product.tril() + product.tril(-1).mT)
    if Q_grad is not None:
        total = total + Q_grad
    return (torch.linalg.solve_triangular(R.mT, total, upper=False, left=False),)


def old_qr(grad: Any, out: Any, input: Tensor, some: bool = True) -> Any:
    """Source: Walter and Lehmann 2012, equation 4.16."""
    return qr(grad, out, input, "reduced" if some else "complete")


def eigh(grad: Any, out: Any, A: Tensor, UPLO: str = "L") -> Any:
    """Source: Giles 2008, An extended collection of matrix derivative results, section 3.1."""
    (L, V), (L_grad, V_grad) = out, grad
    if V_grad is None:
        return (_from_values(V, L_grad, V.mT),)
    same = torch.eye(L.shape[-1], dtype=torch.bool, device=L.device)
    gaps = (L.unsqueeze(-2) - L.unsqueeze(-1)).masked_fill(same, inf)
    product = V.mT @ V_grad
    inner = (product - product.mT) / (2 * gaps)
    if L_grad is not None:
        inner = inner + L_grad.diag_embed()
    return (V @ inner @ V.mT,)


def eigvalsh(grad: Tensor, out: Tensor, A: Tensor, UPLO: str = "L") -> Any:
    """Source: Giles 2008, section 3.1: a value's gradient is its vector's outer product."""
    _, V = torch.linalg.eigh(A) if UPLO == "L" else torch.linalg.eigh(A, UPLO)
    return (_from_values(V, grad, V.mT),)


def svd(
    grad: Any, out: Any, A: Tensor, full_matrices: bool = True, *, driver: Any = None
) -> Any:
    """Source: Giles 2008, section 3.2, of the singular values alone."""
    (U, S, Vh), (U_grad, S_grad, Vh_grad) = out, grad
    if U_grad is not None or Vh_grad is not None:
        return NotImplemented
    if full_matrices:
        count = S.shape[-1]
        U, Vh = U[..., :count], Vh[..., :count, :]
    return (_from_values(U, S_grad, Vh),)


def old_svd(
    grad: Any, out: Any, input: Tensor, some: bool = True, compute_uv: bool = True
) -> Any:
    """Source: Giles 2008, section 3.2, of the singular values alone."""
    if not compute_uv:
        return svdvals(grad[1], out[1], input)
    U, S, V = out
    return svd(grad, (U, S, V.mT), input, not some)


def svdvals(grad: Tensor, out: Tensor, A: Tensor, *, driver: Any = None) -> Any:
    """Source: Giles 2008, section 3.2."""
    U, _, Vh = torch.linalg.svd(A, full_matrices=False)
    return (_from_values(U, grad, Vh),)


def _from_values(left: Tensor, values: Tensor, right: Tensor) -> Tensor:
    """Multiply left @ diag(values) @ right."""
    return left * values.unsqueeze(-2) @ right


RULES: Mapping[str, Rule] = {
    "linalg.cholesky": cholesky,
    "linalg.cholesky_ex": cholesky_ex,
    "cholesky": old_cholesky,
    "cholesky_solve": cholesky_solve,
    "cholesky_inverse": cholesky_inverse,
    "linalg.qr": qr,
    "qr": old_qr,
    "linalg.eigh": eigh,
    "linalg.eigvalsh": eigvalsh,
    "linalg.svd": svd,
    "linalg.svdvals": svdvals,
    "svd": old_svd,
}
