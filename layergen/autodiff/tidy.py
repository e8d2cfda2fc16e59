"""Bring a gradient to the form that a reader expects.

(a.mT @ b).mT                          ->  b.mT @ a
x.sum(dims, keepdim=True).reshape(...)  ->  x.sum(dims), where that is all it does
-(-x * a / b)                           ->  x * a / b
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.simplify import swaps_last_two
from layergen.autodiff.tape import Entry, Tape
from layergen.ir.graph import Phase, Value

__all__ = ["is_negated", "origin_of", "tidied"]

FACTORS: Mapping[str, Callable[[Any, Any], Any]] = MappingProxyType(
    {"mul": operator.mul, "div": operator.truediv}
)


def tidied(tape: Tape, gradient: Tensor) -> Tensor:
    """Record a gradient's last step in its best form; called while recording."""
    entry = tape.find(gradient)
    if entry is None or entry.phase is Phase.FORWARD:
        return gradient
    if swaps_last_two(entry):
        return swapped(tape, entry, gradient)
    if entry.op == "reshape":
        return without_keepdim(tape, entry, gradient)
    if entry.op == "neg":
        return without_signs(tape, entry, gradient)
    return gradient


def swapped(tape: Tape, entry: Entry, gradient: Tensor) -> Tensor:
    """Multiply in the other order, where the product's first factor was transposed."""
    product = operand(tape, entry, 0)
    if product is None or product.op != "matmul":
        return gradient
    first, second = operand(tape, product, 0), operand(tape, product, 1)
    if first is None or second is None or not swaps_last_two(first):
        return gradient
    source = operand(tape, first, 0)
    assert source is not None
    made: Tensor = second.result.mT @ source.result
    return made


def without_keepdim(tape: Tape, entry: Entry, gradient: Tensor) -> Tensor:
    """Sum without keeping the dimensions that a reshape takes away."""
    total = operand(tape, entry, 0)
    if total is None or total.op != "sum" or total.kwargs != {"keepdim": True}:
        return gradient
    source, dims = operand(tape, total, 0), total.args[1]
    assert source is not None
    axes = dims if isinstance(dims, tuple | list) else (dims,)
    if source.result.dim() - len(axes) != gradient.dim():
        return gradient
    kept = [
        size
        for at, size in enumerate(source.result.shape)
        if at not in axes and at - source.result.dim() not in axes
    ]
    if [str(each) for each in kept] != [str(each) for each in gradient.shape]:
        return gradient
    made: Tensor = source.result.sum(dims)
    return made


def without_signs(tape: Tape, entry: Entry, gradient: Tensor) -> Tensor:
    """Leave out a sign inside of a product and the one outside, which cancel."""
    factors: list[Entry] = []
    inner = operand(tape, entry, 0)
    while inner is not None and inner.op in FACTORS and inner.phase is Phase.BACKWARD:
        factors.append(inner)
        inner = operand(tape, inner, 0)
    if inner is None or inner.op != "neg" or inner.phase is Phase.FORWARD:
        return gradient
    if any(is_used_apart(tape, each, [*factors, entry]) for each in [*factors, inner]):
        return gradient
    result = origin_of(tape, inner.result)
    for each in reversed(factors):
        result = FACTORS[each.op](result, tape.live(each.args[1]))
    return result


def is_used_apart(tape: Tape, entry: Entry, users: Sequence[Entry]) -> bool:
    """Tell whether something else takes a value."""
    return any(
        entry.index in each.operands and each not in users
        for each in tape.entries[entry.index + 1 :]
    )


def operand(tape: Tape, entry: Entry, place: int) -> Entry | None:
    """Take the entry of an operand, where it is a tensor."""
    found: Any = entry.args[place] if len(entry.args) > place else None
    return tape[found.node] if isinstance(found, Value) else None


def is_negated(tape: Tape, gradient: Tensor) -> bool:
    """Tell whether a gradient is minus something."""
    entry = tape.find(gradient)
    return entry is not None and entry.op == "neg" and entry.phase is Phase.BACKWARD


def origin_of(tape: Tape, gradient: Tensor) -> Tensor:
    """Take what was negated."""
    entry = tape.find(gradient)
    assert entry is not None
    source = operand(tape, entry, 0)
    assert source is not None
    result: Any = source.result
    assert isinstance(result, torch.Tensor)
    return result
