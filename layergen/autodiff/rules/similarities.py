"""How alike two vectors are, and how far apart."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.rules.norms import nonzero
from layergen.autodiff.rules.reduced import broadcasts, with_dims
from layergen.autodiff.rules.rule import Rule, is_literal

__all__ = ["RULES"]


def cosine_similarity(
    grad: Tensor,
    out: Tensor,
    x1: Tensor,
    x2: Tensor,
    dim: int = 1,
    eps: float = 1e-8,
) -> Any:
    """Source: the chain rule; torch bounds each norm by eps after its gradient."""
    shapes = x1.shape, x2.shape
    if broadcasts(x1, x2):  # a norm is over dim of both together
        x1, x2 = torch.broadcast_tensors(x1, x2)  # type: ignore[no-untyped-call] # torch's
    norm1 = torch.linalg.vector_norm(x1, dim=dim, keepdim=True)
    norm2 = torch.linalg.vector_norm(x2, dim=dim, keepdim=True)
    grad, cosine = with_dims(grad, x1, dim, False), with_dims(out, x1, dim, False)
    bound1, bound2 = norm1.clamp(min=eps), norm2.clamp(min=eps)
    x1_grad = grad / bound1 * (x2 / bound2 - cosine * (x1 / nonzero(norm1)))
    x2_grad = grad / bound2 * (x1 / bound1 - cosine * (x2 / nonzero(norm2)))
    return x1_grad.sum_to_size(shapes[0]), x2_grad.sum_to_size(shapes[1])


def cdist(
    grad: Tensor,
    out: Tensor,
    x1: Tensor,
    x2: Tensor,
    p: float = 2.0,
    compute_mode: str = "use_mm_for_euclid_dist_if_necessary",
) -> Any:
    """Source: derivatives.yaml, _euclidean_dist; equal points have the gradient 0."""
    if not is_literal(p, 2):
        return NotImplemented
    pull = grad / nonzero(out)
    x1_grad = pull.sum(-1, keepdim=True) * x1 - pull @ x2
    x2_grad = pull.mT.sum(-1, keepdim=True) * x2 - pull.mT @ x1
    return x1_grad.sum_to_size(x1.shape), x2_grad.sum_to_size(x2.shape)


RULES: Mapping[str, Rule] = {"cosine_similarity": cosine_similarity, "cdist": cdist}
