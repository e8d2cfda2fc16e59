"""Softmax and what is made of it."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from layergen.autodiff.rules.rule import Rule

__all__ = ["RULES"]


def softmax(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    dim: int | None = None,
    _stacklevel: Any = 3,
    dtype: Any = None,
) -> Any:
    """Source: derivatives.yaml, _softmax; the Jacobian is diag(p) - p p^T."""
    dim = implicit(input) if dim is None else dim
    return (out * (grad - (grad * out).sum(dim, keepdim=True)),)


def softmin(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    dim: int | None = None,
    _stacklevel: Any = 3,
    dtype: Any = None,
) -> Any:
    """Source: the chain rule, on softmax(-input)."""
    dim = implicit(input) if dim is None else dim
    return (out * ((grad * out).sum(dim, keepdim=True) - grad),)


def log_softmax(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    dim: int | None = None,
    _stacklevel: Any = 3,
    dtype: Any = None,
) -> Any:
    """Source: derivatives.yaml, _log_softmax."""
    dim = implicit(input) if dim is None else dim
    return (grad - out.exp() * grad.sum(dim, keepdim=True),)


def implicit(input: Tensor) -> int:
    """Choose the dimension as torch.nn.functional does where none is named."""
    return 0 if input.dim() in (0, 1, 3) else 1


RULES: Mapping[str, Rule] = {
    "softmax": softmax,
    "softmin": softmin,
    "log_softmax": log_softmax,
}
