"""Sums of products over named or numbered dimensions: the adjoint is such a sum again."""

from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import chain
from operator import matmul
from string import ascii_letters
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.rules.contraction_order import (
    contracted,
    in_order,
    shared_factor,
)
from layergen.autodiff.rules.operand import conjugate
from layergen.autodiff.rules.rule import Rule

__all__ = ["COMPLEX", "RULES"]

REST = "..."


def einsum(grad: Tensor, out: Tensor, equation: Any, operands: Any, *more: Any) -> Any:
    """Source: the chain rule: grad takes an operand's place, and its term the output's.

    Of three operands or more, grad meets first the one that leaves least to do for the others.
    """
    if not isinstance(equation, str):
        return NotImplemented  # einsum(a, [0, 1], b, [1, 2], [0, 2])
    factors = (operands, *more) if isinstance(operands, Tensor) else tuple(operands)
    terms, result = _terms(equation)
    if not _is_plain(terms) or _stretches(terms, result, factors):
        return NotImplemented
    spaced = " -> " in equation, ", " in equation
    grads = _operand_grads(grad, result, terms, factors, spaced)
    return (None, *grads) if isinstance(operands, Tensor) else (None, grads)


def _terms(equation: str) -> tuple[list[str], str]:
    """Split "ij, jk" into ["ij", "jk"] and "ik": what appears once is the output."""
    inputs, arrow, result = equation.replace(" ", "").partition("->")
    if not arrow:
        letters = sorted(set(inputs) - set(",."))
        result = REST if REST in inputs else ""
        result += "".join(each for each in letters if inputs.count(each) == 1)
    return inputs.split(","), result


def _is_plain(terms: Sequence[str]) -> bool:
    """Tell whether no term takes a diagonal, as "ii" does."""
    letters = [term.replace(REST, "") for term in terms]
    return all(len(set(each)) == len(each) for each in letters)


def _stretches(terms: Sequence[str], result: str, operands: Sequence[Tensor]) -> bool:
    """Tell whether a size of 1 is repeated in a sum, or only one operand has a summed "..."."""
    if REST not in result and sum(REST in term for term in terms) == 1:
        return True
    sizes: dict[str, Any] = {}
    for term, operand in zip(terms, operands, strict=True):
        before, _, after = term.rpartition(REST)
        last = operand.dim() - len(after)
        named: dict[str, Any] = {
            each: operand.shape[at] for at, each in enumerate(before)
        }
        named |= {each: operand.shape[last + at] for at, each in enumerate(after)}
        if REST in term and REST not in result:
            named[REST] = operand.shape[len(before) : last]
        if any(sizes.setdefault(each, size) != size for each, size in named.items()):
            return True
    return False


def _operand_grads(
    grad: Tensor,
    result: str,
    terms: Sequence[str],
    operands: Sequence[Tensor],
    spaced: tuple[bool, bool],
) -> list[Tensor]:
    """Contract grad with all operands but one, for each of them; what is shared only once."""
    shared = shared_factor(result, terms)
    if shared is None:
        places = range(len(terms))
        return [
            _operand_grad(grad, place, terms, result, operands, spaced)
            for place in places
        ]
    own = _operand_grad(grad, shared, terms, result, operands, spaced)
    others = [*terms[:shared], *terms[shared + 1 :]]
    both = contracted(result, terms[shared], others)
    factors = grad, conjugate(operands[shared])
    grad = _summed((result, terms[shared]), both, factors, spaced)
    rest = [*operands[:shared], *operands[shared + 1 :]]
    found = _operand_grads(grad, both, others, rest, spaced)
    return [*found[:shared], own, *found[shared:]]


def _summed(
    terms: Sequence[str],
    kept: str,
    factors: Sequence[Tensor],
    spaced: tuple[bool, bool],
) -> Tensor:
    """Multiply and sum two at a time, written as the user writes an equation."""
    arrow, comma = " -> " if spaced[0] else "->", ", " if spaced[1] else ","
    order = in_order(terms, kept)
    terms, factors = [terms[at] for at in order], [factors[at] for at in order]
    while len(terms) > 2:
        both = contracted(terms[0], terms[1], [*terms[2:], kept])
        product = torch.einsum(comma.join(terms[:2]) + arrow + both, *factors[:2])
        terms, factors = [both, *terms[2:]], [product, *factors[2:]]
    return torch.einsum(comma.join(terms) + arrow + kept, *factors)


def _operand_grad(
    grad: Tensor,
    place: int,
    terms: Sequence[str],
    result: str,
    operands: Sequence[Tensor],
    spaced: tuple[bool, bool],
) -> Tensor:
    """Contract grad with the other operands; a dimension that only this one has was summed."""
    factors = [conjugate(each) for each in operands]
    factors[place] = grad
    inputs = [*terms[:place], result, *terms[place + 1 :]]
    kept = "".join(each for each in terms[place] if each in "".join(inputs))
    if inputs != [kept]:
        grad = _summed(inputs, kept, factors, spaced)
    if kept == terms[place]:
        return grad.sum_to_size(operands[place].shape)
    for dim in _lone_dims(terms[place], kept):
        grad = grad.unsqueeze(dim)
    return grad


def _lone_dims(term: str, kept: str) -> list[int]:
    """Number the letters that a term lost, in the order in which they can be put back.

    Those before the first that was kept come back by broadcasting.
    """
    before, rest, after = term.rpartition(REST)
    named = [*before, *([rest] if rest else []), *after]
    first = next((at for at, each in enumerate(named) if each in kept), len(named))
    lone = [at for at in range(first, len(named)) if named[at] not in kept]
    from_left = [at for at in lone if at < len(before)]
    return [at - len(named) for at in lone[::-1] if at >= len(before)] + from_left


def tensordot(grad: Tensor, out: Tensor, a: Tensor, b: Tensor, dims: Any = 2) -> Any:
    """Source: the chain rule; grad has the free dimensions of a, then those of b."""
    if isinstance(dims, Tensor):
        return NotImplemented
    a_dims, b_dims = _contracted(a, b, dims)
    a, b = _summed_to_one(a, a_dims, b, b_dims), _summed_to_one(b, b_dims, a, a_dims)
    a_free = [dim for dim in range(a.dim()) if dim not in a_dims]
    b_free = [dim for dim in range(b.dim()) if dim not in b_dims]
    leading = list(range(len(a_free)))
    trailing = list(range(-len(b_free), 0))
    a_order = a_free + [a_dims[b_dims.index(dim)] for dim in sorted(b_dims)]
    b_order = [b_dims[a_dims.index(dim)] for dim in sorted(a_dims)] + b_free
    a_grad = torch.tensordot(grad, conjugate(b), dims=(trailing, b_free))
    b_grad = torch.tensordot(conjugate(a), grad, dims=(a_free, leading))
    return _ordered(a_grad, a_order), _ordered(b_grad, b_order)


def _contracted(a: Tensor, b: Tensor, dims: Any) -> tuple[list[int], list[int]]:
    """Number the dimensions that are summed over, from the left."""
    if isinstance(dims, int):
        return list(range(a.dim() - dims, a.dim())), list(range(dims))
    a_dims, b_dims = ([each] if isinstance(each, int) else each for each in dims)
    return [dim % a.dim() for dim in a_dims], [dim % b.dim() for dim in b_dims]


def _summed_to_one(
    tensor: Tensor, dims: Sequence[int], other: Tensor, other_dims: Sequence[int]
) -> Tensor:
    """Sum a tensor where the other one has a size of 1, which counts as often as needed."""
    stretched = [
        dim
        for dim, at in zip(dims, other_dims, strict=True)
        if tensor.shape[dim] != other.shape[at] and other.shape[at] == 1
    ]
    return tensor.sum(stretched, keepdim=True) if stretched else tensor


def _ordered(tensor: Tensor, order: Sequence[int]) -> Tensor:
    """Bring dimension order[i] from place i to its own place."""
    if list(order) == sorted(order):
        return tensor
    return tensor.permute([order.index(dim) for dim in range(tensor.dim())])


def inner(grad: Tensor, out: Tensor, input: Tensor, other: Tensor) -> Any:
    """Source: the chain rule, on the sum over both last dimensions."""
    if input.dim() == 0 or other.dim() == 0:
        input_grad = (grad * conjugate(other)).sum_to_size(input.shape)
        return input_grad, (grad * conjugate(input)).sum_to_size(other.shape)
    if input.dim() == other.dim() == 2:
        return grad @ conjugate(other), grad.mT @ conjugate(input)
    leading = list(range(input.dim() - 1))
    input_grad = torch.tensordot(grad, conjugate(other), dims=other.dim() - 1)
    other_grad = torch.tensordot(grad, conjugate(input), dims=(leading, leading))
    return input_grad, other_grad


def kron(grad: Tensor, out: Tensor, input: Tensor, other: Tensor) -> Any:
    """Source: the chain rule; grad in blocks, one for each element of input, of other's shape."""
    rank = max(input.dim(), other.dim())
    one, more = (
        each[(None,) * (rank - each.dim())] if each.dim() < rank else each
        for each in (input, other)
    )
    rows, columns = ascii_letters[:rank], ascii_letters[rank : 2 * rank]
    blocks = "".join(map("".join, zip(rows, columns, strict=True)))
    grad = grad.reshape(tuple(chain(*zip(one.shape, more.shape, strict=True))))
    return (
        torch.einsum(f"{blocks},{columns}->{rows}", grad, conjugate(more)).reshape(
            input.shape
        ),
        torch.einsum(f"{rows},{blocks}->{columns}", conjugate(one), grad).reshape(
            other.shape
        ),
    )


def multi_dot(grad: Tensor, out: Tensor, tensors: Sequence[Tensor]) -> Any:
    """Source: the chain rule: left.mT @ grad @ right.mT; autocast knows no multi_dot on a CPU."""
    first, *middle, last = tensors
    if first.dim() == 1:
        first, grad = first.unsqueeze(0), grad.unsqueeze(0)
    if last.dim() == 1:
        last, grad = last.unsqueeze(-1), grad.unsqueeze(-1)
    turned = [conjugate(each).mT for each in (first, *middle, last)]
    grads = [
        reduce(matmul, [*turned[:place][::-1], grad, *turned[place + 1 :][::-1]])
        for place in range(len(turned))
    ]
    return ([each.reshape(of.shape) for each, of in zip(grads, tensors, strict=True)],)


RULES: Mapping[str, Rule] = {
    "einsum": einsum,
    "tensordot": tensordot,
    "inner": inner,
    "kron": kron,
    "linalg.multi_dot": multi_dot,
}
COMPLEX = frozenset({"einsum", "tensordot", "inner", "kron", "linalg.multi_dot"})
