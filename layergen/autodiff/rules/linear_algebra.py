"""Inverses, systems of equations and determinants, of one matrix or of a batch."""

# ruff: noqa: N803, N806 # the capitals of torch and of the papers

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.rules.rule import Rule

__all__ = ["RULES"]


def inv(grad: Tensor, out: Tensor, A: Tensor) -> Any:
    """Source: derivatives.yaml, linalg_inv_ex: d out = -out dA out."""
    return (-out.mT @ grad @ out.mT,)


def inv_ex(grad: Any, out: Any, A: Tensor, *, check_errors: bool = False) -> Any:
    """Source: derivatives.yaml, linalg_inv_ex; the second result is a code of errors."""
    return inv(grad[0], out[0], A)


def inverse(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, linalg_inv_ex."""
    return inv(grad, out, input)


def pinv(
    grad: Tensor,
    out: Tensor,
    A: Tensor,
    rcond: Any = None,
    hermitian: bool = False,
    *,
    atol: Any = None,
    rtol: Any = None,
) -> Any:
    """Source: Golub and Pereyra 1973, equation 4.12, with out for the pseudo-inverse."""
    if isinstance(rcond, Tensor):
        return NotImplemented
    turned = grad.mT
    columns = (turned - A @ out @ turned) @ out @ out.mT
    rows = out.mT @ out @ (turned - turned @ out @ A)
    return (columns + rows - out.mT @ grad @ out.mT,)


def pinverse(grad: Tensor, out: Tensor, input: Tensor, rcond: float = 1e-15) -> Any:
    """Source: Golub and Pereyra 1973, equation 4.12."""
    return pinv(grad, out, input)


def solve(grad: Tensor, out: Tensor, A: Tensor, B: Tensor, *, left: bool = True) -> Any:
    """Source: derivatives.yaml, _linalg_solve_ex: A out = B, or out A = B."""
    B_grad = torch.linalg.solve(A.mT, grad, left=left)
    if _is_vector(A, B):
        A_grad = -B_grad.unsqueeze(-1) * out.unsqueeze(-2)
    else:
        A_grad = -(B_grad @ out.mT) if left else -(out.mT @ B_grad)
    return A_grad.sum_to_size(A.shape), B_grad.sum_to_size(B.shape)


def solve_ex(
    grad: Any,
    out: Any,
    A: Tensor,
    B: Tensor,
    *,
    left: bool = True,
    check_errors: bool = False,
) -> Any:
    """Source: derivatives.yaml, _linalg_solve_ex; the second result is a code of errors."""
    return solve(grad[0], out[0], A, B, left=left)


def _is_vector(A: Tensor, B: Tensor) -> bool:
    """Tell whether B is one vector for each matrix, as torch.linalg.solve does."""
    return B.dim() == 1 or (A.dim() - 1 == B.dim() and B.shape == A.shape[:-1])


def solve_triangular(
    grad: Tensor,
    out: Tensor,
    A: Tensor,
    B: Tensor,
    *,
    upper: bool,
    left: bool = True,
    unitriangular: bool = False,
) -> Any:
    """Source: derivatives.yaml, linalg_solve_triangular; the other triangle is never read."""
    options = {"unitriangular": True} if unitriangular else {}
    options |= {} if left else {"left": False}
    B_grad = torch.linalg.solve_triangular(A.mT, grad, upper=not upper, **options)
    A_grad = -(B_grad @ out.mT) if left else -(out.mT @ B_grad)
    first = int(unitriangular)
    A_grad = A_grad.triu(first) if upper else A_grad.tril(-first)
    return A_grad.sum_to_size(A.shape), B_grad.sum_to_size(B.shape)


def triangular_solve(
    grad: Any,
    out: Any,
    input: Tensor,
    A: Tensor,
    upper: bool = True,
    transpose: bool = False,
    unitriangular: bool = False,
) -> Any:
    """Source: derivatives.yaml, triangular_solve; its second result is a copy of A."""
    if grad[0] is None:
        return None, grad[1]
    matrix = A.mT if transpose else A
    options = {"upper": upper != transpose, "unitriangular": unitriangular}
    A_grad, B_grad = solve_triangular(grad[0], out[0], matrix, input, **options)
    A_grad = A_grad.mT if transpose else A_grad
    return B_grad, A_grad if grad[1] is None else A_grad + grad[1]


def det(grad: Tensor, out: Tensor, A: Tensor) -> Any:
    """Source: Jacobi's formula, with the adjugate from an SVD: A may be singular."""
    U, S, Vh = torch.linalg.svd(A)
    same = torch.eye(A.shape[-1], dtype=torch.bool, device=A.device)
    others = S.unsqueeze(-2).masked_fill(same, 1).prod(-1)
    # Of two rotations, or with a reflection; not of their product, which autocast narrows.
    sign = (torch.linalg.det(U) * torch.linalg.det(Vh)).sign()
    return (_each(grad * sign) * (U * others.unsqueeze(-2)) @ Vh,)


def slogdet(grad: Any, out: Any, A: Tensor) -> Any:
    """Source: Jacobi's formula, d log|det A| = tr(inv(A) dA); a sign is constant."""
    return (None if grad[1] is None else _inverses(A, grad[1]),)


def logdet(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: Jacobi's formula, d log det A = tr(inv(A) dA)."""
    grad = torch.where(out.isnan(), 0, grad)  # of a negative determinant
    return (_inverses(input, grad),)


def _inverses(A: Tensor, factor: Tensor) -> Tensor:
    """Invert, without an error where a matrix is singular: the logarithm is -inf there."""
    inverses: Tensor = torch.linalg.inv_ex(A)[0]
    return _each(factor) * inverses.mT


def _each(number: Tensor) -> Tensor:
    """Hold one number against each matrix."""
    return number.unsqueeze(-1).unsqueeze(-1)


RULES: Mapping[str, Rule] = {
    "linalg.inv": inv,
    "linalg.inv_ex": inv_ex,
    "inverse": inverse,
    "linalg.pinv": pinv,
    "pinverse": pinverse,
    "linalg.solve": solve,
    "linalg.solve_ex": solve_ex,
    "linalg.solve_triangular": solve_triangular,
    "triangular_solve": triangular_solve,
    "linalg.det": det,
    "det": det,
    "linalg.slogdet": slogdet,
    "slogdet": slogdet,
    "logdet": logdet,
}
