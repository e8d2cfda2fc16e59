"""Elements, rows and entries that are taken by a tensor of whole numbers."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from layergen.autodiff.rules.rule import Rule

__all__ = ["COMPLEX", "RULES"]


def gather(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    dim: int,
    index: Tensor,
    *,
    sparse_grad: bool = False,
) -> Any:
    """Source: derivatives.yaml, gather."""
    return (grad.new_zeros(input.shape).scatter_add(dim, index, grad),)


def index_select(
    grad: Tensor, out: Tensor, input: Tensor, dim: int, index: Tensor
) -> Any:
    """Source: derivatives.yaml, index_select."""
    return (grad.new_zeros(input.shape).index_add(dim, index, grad),)


def take(grad: Tensor, out: Tensor, input: Tensor, index: Tensor) -> Any:
    """Source: derivatives.yaml, take: as of a vector of all elements."""
    flat = grad.new_zeros(input.numel()).index_put((index,), grad, accumulate=True)
    return (flat.reshape(input.shape),)


def take_along_dim(
    grad: Tensor, out: Tensor, input: Tensor, indices: Tensor, dim: int | None = None
) -> Any:
    """Source: derivatives.yaml, gather; the other dimensions broadcast, -1 is the last."""
    if dim is None:
        return take(grad, out, input, indices.flatten())
    sizes = list(grad.shape)
    sizes[dim] = input.shape[dim]
    index = indices.expand(grad.shape) % input.shape[dim]
    total = grad.new_zeros(sizes).scatter_add(dim, index, grad)
    return (total.sum_to_size(input.shape),)


def embedding(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Any:
    """Source: derivatives.yaml, embedding: each row sums over where it was taken."""
    if max_norm is not None or scale_grad_by_freq or input.is_floating_point():
        return NotImplemented  # torch.embedding takes the weight first
    if padding_idx is not None:
        row = padding_idx if padding_idx >= 0 else padding_idx + weight.shape[0]
        grad = grad.masked_fill((input == row).unsqueeze(-1), 0)
    zeros = grad.new_zeros(weight.shape)
    if input.dim() == 0:
        return None, zeros.index_add(0, input, grad.unsqueeze(0))
    return None, zeros.index_add(0, input.flatten(), grad.flatten(0, -2))


RULES: Mapping[str, Rule] = {
    "embedding": embedding,
    "gather": gather,
    "index_select": index_select,
    "take": take,
    "take_along_dim": take_along_dim,
}
COMPLEX: frozenset[str] = frozenset(RULES)
