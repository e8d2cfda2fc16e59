"""Factorizations of matrices, and what is solved or measured with their factors."""

# ruff: noqa: N803, N806 # the capitals of torch and of the papers

from collections.abc import Mapping
from math import inf
from typing import Any

import torch
import torch.nn.functional as F
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
    """Source: Walter and Lehmann 2012, arXiv:1009.6112; wide matrices too, as in torch."""
    if mode == "r" or (mode == "complete" and A.shape[-2] > A.shape[-1]):
        return NotImplemented
    (Q, R), (Q_grad, R_grad) = out, grad
    square = R[..., : Q.shape[-1]]
    turn = None if R_grad is None else -(R_grad @ R.mT)
    if Q_grad is not None:
        along = Q.mT @ Q_grad
        turn = along if turn is None else along + turn
    assert turn is not None
    total = Q @ (turn - turn.mT).tril()
    if Q_grad is not None and not _is_square(Q):
        total = total + _outside(Q, Q_grad)
    left = torch.linalg.solve_triangular(square.mT, total, upper=False, left=False)
    A_grad = F.pad(left, (0, A.shape[-1] - Q.shape[-1]))
    return (A_grad if R_grad is None else A_grad + Q @ R_grad,)


def _outside(vectors: Tensor, grad: Tensor) -> Tensor:
    """Subtract what these orthonormal vectors span.

    Twice, since what rounding leaves of it is divided by numbers that may be tiny.
    """
    rest = grad - vectors @ (vectors.mT @ grad)
    return rest - vectors @ (vectors.mT @ rest)


def _is_square(vectors: Tensor) -> bool:
    """Tell whether these vectors span everything, at whatever size this is traced."""
    return str(vectors.shape[-2]) == str(vectors.shape[-1])


def old_qr(grad: Any, out: Any, input: Tensor, some: bool = True) -> Any:
    """Source: derivatives.yaml, linalg_qr; Walter and Lehmann 2012."""
    return qr(grad, out, input, "reduced" if some else "complete")


def eigh(grad: Any, out: Any, A: Tensor, UPLO: str = "L") -> Any:
    """Source: Giles 2008, An extended collection of matrix derivative results, section 3.1."""
    (L, V), (L_grad, V_grad) = out, grad
    if V_grad is None:
        return (_from_values(V, L_grad, V.mT),)
    turn = V.mT @ V_grad
    inner = (turn - turn.mT) / (2 * _gaps(L))
    if L_grad is not None:
        inner = inner + L_grad.diag_embed()
    return (V @ inner @ V.mT,)


def _gaps(values: Tensor) -> Tensor:
    """Subtract each value from each; no value turns into itself, however it is divided."""
    same = torch.eye(values.shape[-1], dtype=torch.bool, device=values.device)
    return (values.unsqueeze(-2) - values.unsqueeze(-1)).masked_fill(same, inf)


def eigvalsh(grad: Tensor, out: Tensor, A: Tensor, UPLO: str = "L") -> Any:
    """Source: Giles 2008, section 3.1: a value's gradient is its vector's outer product."""
    _, V = torch.linalg.eigh(A) if UPLO == "L" else torch.linalg.eigh(A, UPLO)
    return (_from_values(V, grad, V.mT),)


def svd(
    grad: Any, out: Any, A: Tensor, full_matrices: bool = True, *, driver: Any = None
) -> Any:
    """Source: derivatives.yaml, _linalg_svd; Townsend 2016, Differentiating the SVD."""
    (U, S, Vh), (U_grad, S_grad, Vh_grad) = out, grad
    if full_matrices and A.shape[-2] != A.shape[-1]:
        if U_grad is not None or Vh_grad is not None:
            return NotImplemented
        U, Vh = U[..., : S.shape[-1]], Vh[..., : S.shape[-1], :]
    if U_grad is None and Vh_grad is None:
        return (_from_values(U, S_grad, Vh),)
    total = U @ _of_rotations(out, grad) @ Vh
    divisors = S.masked_fill(S == 0, 1)  # of a square matrix, nothing is outside
    if U_grad is not None and not _is_square(U):
        total = total + _outside(U, U_grad) / divisors.unsqueeze(-2) @ Vh
    if Vh_grad is not None and not _is_square(Vh):
        outside = _outside(Vh.mT, Vh_grad.mT).mT
        total = total + U @ (outside / divisors.unsqueeze(-1))
    return (total,)


def _of_rotations(out: Any, grad: Any) -> Tensor:
    """Differentiate by the matrix in the coordinates of its singular vectors."""
    (U, S, Vh), (U_grad, S_grad, Vh_grad) = out, grad
    gaps = _gaps(S * S)
    terms: list[Tensor] = [] if S_grad is None else [S_grad.diag_embed()]
    if U_grad is not None:
        turn = U.mT @ U_grad
        terms.append((turn - turn.mT) / gaps * S.unsqueeze(-2))
    if Vh_grad is not None:
        turn = Vh @ Vh_grad.mT
        terms.append(S.unsqueeze(-1) * (turn - turn.mT) / gaps)
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def old_svd(
    grad: Any, out: Any, input: Tensor, some: bool = True, compute_uv: bool = True
) -> Any:
    """Source: derivatives.yaml, _linalg_svd; its third result is V, not V.mT."""
    (U, S, V), (U_grad, S_grad, V_grad) = out, grad
    if not compute_uv:
        return svdvals(S_grad, S, input)
    Vh_grad = None if V_grad is None else V_grad.mT
    return svd((U_grad, S_grad, Vh_grad), (U, S, V.mT), input, not some)


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
