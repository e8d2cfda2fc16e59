"""The same elements in another shape, order, size or dtype."""

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from layergen.autodiff.fitting import is_one
from layergen.autodiff.rules.operand import in_one
from layergen.autodiff.rules.rule import Rule

__all__ = ["COMPLEX", "RULES"]

# Another shape


def reshape(grad: Tensor, out: Tensor, input: Tensor, *shape: Any, **named: Any) -> Any:
    """Source: derivatives.yaml, view; view(dtype) reads bits, and has no gradient."""
    if out.dtype != input.dtype:
        return NotImplemented
    return (grad.reshape(input.shape),)


def flatten(
    grad: Tensor, out: Tensor, input: Tensor, start_dim: int = 0, end_dim: int = -1
) -> Any:
    """Source: derivatives.yaml, flatten: the dimensions that became one are so many again."""
    if input.dim() == 0 or start_dim == end_dim:
        return (grad.reshape(input.shape),)
    first, last = start_dim % input.dim(), end_dim % input.dim()
    if first == last or last - first == input.dim() - 1:
        return (grad.reshape(input.shape),)
    merged = end_dim if end_dim < 0 else first
    sizes = input.shape[first : last + 1]
    return (grad.unflatten(merged, sizes),)  # type: ignore[no-untyped-call]


def atleast(grad: Any, out: Any, input: Any, *more: Tensor) -> Any:
    """Source: derivatives.yaml, view."""
    if not isinstance(out, Tensor):
        return NotImplemented
    return (grad.reshape(input.shape),)


def unflatten(
    grad: Tensor, out: Tensor, input: Tensor, dim: int, sizes: Sequence[int]
) -> Any:
    """Source: derivatives.yaml, unflatten: the dimensions it made become one again."""
    made = len(sizes) - 1
    first, last = (dim, dim + made) if dim >= 0 else (dim - made, dim)
    return (grad.flatten(first) if last == -1 else grad.flatten(first, last),)


def squeeze(grad: Tensor, out: Tensor, input: Tensor, dim: Any = None) -> Any:
    """Source: derivatives.yaml, squeeze."""
    if out.dim() == input.dim():
        return (grad,)
    return (grad.unsqueeze(dim) if isinstance(dim, int) else grad.reshape(input.shape),)


def unsqueeze(grad: Tensor, out: Tensor, input: Tensor, dim: int) -> Any:
    """Source: derivatives.yaml, unsqueeze."""
    return (grad.squeeze(dim),)


# Another order of the dimensions


def transpose(grad: Tensor, out: Tensor, input: Tensor, dim0: int, dim1: int) -> Any:
    """Source: derivatives.yaml, transpose."""
    return (grad.transpose(dim0, dim1),)


def t(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, t."""
    return (grad.t(),)


def T(grad: Tensor, out: Tensor, input: Tensor) -> Any:  # noqa: N802 # torch's name
    """Source: derivatives.yaml, t."""
    return (grad.T,)


def mT(grad: Tensor, out: Tensor, input: Tensor) -> Any:  # noqa: N802 # torch's name
    """Source: derivatives.yaml, transpose."""
    return (grad.mT,)


def mH(grad: Tensor, out: Tensor, input: Tensor) -> Any:  # noqa: N802 # torch's name
    """Source: derivatives.yaml, transpose and _conj."""
    return (grad.mH,)


def permute(grad: Tensor, out: Tensor, input: Tensor, *dims: Any, **named: Any) -> Any:
    """Source: derivatives.yaml, permute: the inverse permutation."""
    order = [dim % input.dim() for dim in in_one(dims, named)]
    back = [order.index(dim) for dim in range(len(order))]
    return (grad.permute(*back) if back else grad,)


def movedim(
    grad: Tensor, out: Tensor, input: Tensor, source: Any, destination: Any
) -> Any:
    """Source: derivatives.yaml, permute: back from the destination to the source."""
    return (grad.movedim(destination, source),)


# Another size


def expand(grad: Tensor, out: Tensor, input: Tensor, *size: Any, **named: Any) -> Any:
    """Source: derivatives.yaml, expand: the sum over its copies."""
    return (over_copies(grad, input),)


def over_copies(grad: Tensor, input: Tensor) -> Tensor:
    """Sum over the dimensions that were added on the left, and over those of size 1."""
    new = tuple(range(grad.dim() - input.dim()))
    copied = tuple(
        dim
        for dim in range(-input.dim(), 0)
        if is_one(input.shape[dim]) and not is_one(grad.shape[dim])
    )
    if new:
        grad = grad.sum(new[0] if len(new) == 1 else new)
    if copied:
        grad = grad.sum(copied[0] if len(copied) == 1 else copied, keepdim=True)
    return grad


def broadcast_tensors(
    grad: Sequence[Tensor | None], out: Any, tensors: Any, *more: Tensor
) -> Any:
    """Source: derivatives.yaml, expand: the sum over each one's copies."""
    pairs = zip(grad, several(tensors, more), strict=True)
    gradients = [g if g is None else over_copies(g, each) for g, each in pairs]
    return as_passed(gradients, tensors)


def sum_to_size(
    grad: Tensor, out: Tensor, input: Tensor, *size: Any, **named: Any
) -> Any:
    """Source: derivatives.yaml, sum: what was summed gets the sum's gradient."""
    return (grad,)


def meshgrid(
    grad: Sequence[Tensor | None],
    out: Any,
    tensors: Any,
    *more: Tensor,
    indexing: str | None = None,
) -> Any:
    """Source: derivatives.yaml, expand: the sum over every dimension but its own."""
    axes = list(range(len(grad)))
    if indexing == "xy" and len(axes) > 1:
        axes[:2] = 1, 0
    triples = zip(grad, several(tensors, more), axes, strict=True)
    gradients = [summed(*each) for each in triples]
    return as_passed(gradients, tensors)


def summed(grad: Tensor | None, input: Tensor, axis: int) -> Tensor | None:
    """Sum a grid's gradient over every dimension but one."""
    if grad is None:
        return None
    if others := [dim for dim in range(grad.dim()) if dim != axis]:
        grad = grad.sum(others)
    return grad if input.dim() else grad.squeeze(0)


def several(tensors: Any, more: Sequence[Tensor]) -> Sequence[Tensor]:
    """List the tensors of meshgrid(x, y) or of meshgrid([x, y])."""
    return (tensors, *more) if isinstance(tensors, Tensor) else tensors


def as_passed(gradients: Sequence[Tensor | None], tensors: Any) -> Any:
    """Put gradients where the tensors were passed."""
    if not isinstance(tensors, Tensor):
        return (gradients,)
    first, *others = gradients
    return (first, others) if others else (first,)


# Another dtype or layout


def same(grad: Tensor, out: Tensor, input: Tensor, *how: Any, **named: Any) -> Any:
    """Source: derivatives.yaml, clone."""
    return (grad,)


def to(grad: Tensor, out: Tensor, input: Tensor, *how: Any, **named: Any) -> Any:
    """Source: derivatives.yaml, _to_copy; the real part, where a real input got complex."""
    return (grad.real if grad.is_complex() and not input.is_complex() else grad,)


RULES: Mapping[str, Rule] = {
    "T": T,
    "adjoint": mH,
    "alias_copy": same,
    "atleast_1d": atleast,
    "atleast_2d": atleast,
    "atleast_3d": atleast,
    "bfloat16": to,
    "broadcast_tensors": broadcast_tensors,
    "broadcast_to": expand,
    "cdouble": to,
    "cfloat": to,
    "clone": same,
    "contiguous": same,
    "double": to,
    "expand": expand,
    "expand_as": expand,
    "expand_copy": expand,
    "flatten": flatten,
    "float": to,
    "half": to,
    "mH": mH,
    "mT": mT,
    "meshgrid": meshgrid,
    "movedim": movedim,
    "permute": permute,
    "permute_copy": permute,
    "positive": same,
    "ravel": reshape,
    "reshape": reshape,
    "reshape_as": reshape,
    "resolve_conj": same,
    "resolve_neg": same,
    "squeeze": squeeze,
    "squeeze_copy": squeeze,
    "sum_to_size": sum_to_size,
    "t": t,
    "t_copy": t,
    "to": to,
    "transpose": transpose,
    "transpose_copy": transpose,
    "type": to,
    "type_as": to,
    "unflatten": unflatten,
    "unsqueeze": unsqueeze,
    "unsqueeze_copy": unsqueeze,
    "view_copy": reshape,
}
COMPLEX: frozenset[str] = frozenset(RULES)
