"""Leave out what a backward would compute in vain, while it is recorded.

x.mT.mT            ->  x, also x.transpose(-2, -1).mT, and x.t().mT of a matrix
-(-x)              ->  x
x.reshape(x.shape) ->  x, also expand and sum_to_size
x * 1, x / 1       ->  x
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.operations import Operation
from layergen.autodiff.tape import Entry, Tape
from layergen.ir.graph import Kind, Value

__all__ = ["TO_A_SHAPE", "same_shape", "simpler", "swaps_last_two"]

UNDONE_BY_ITSELF = frozenset({"mT", "T", "t", "neg", "conj"})
TO_A_SHAPE = frozenset(
    ["reshape", "reshape_as", "expand", "expand_as", "sum_to_size", "broadcast_to"]
)


def simpler(
    tape: Tape,
    found: Operation,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    result: Tensor,
) -> Entry | None:
    """Find an entry that is what this call would give already."""
    if not args or not isinstance(args[0], Value) or kwargs:
        return None
    operand = tape[args[0].node]
    if found.op == "conj" and not operand.result.is_complex():
        return operand
    if found.op in UNDONE_BY_ITSELF and undoes(found, args, operand):
        return origin(tape, operand)
    if swaps(found.op, args, result) and swaps_last_two(operand):
        return origin(tape, operand)
    if found.op == "transpose" and operand.op == "transpose" and not operand.kwargs:
        return origin(tape, operand) if operand.args[1:] == args[1:] else None
    if found.op in TO_A_SHAPE and same_shape(operand.result, result):
        return operand
    if found.op in ("mul", "div") and is_one(args[1]):
        return operand if operand.result.dtype == result.dtype else None
    return None


def undoes(found: Operation, args: tuple[Any, ...], operand: Entry) -> bool:
    """Tell whether the operand is what the same operation made of something."""
    return operand.kind is Kind.CALL and operand.op == found.op and len(args) == 1


def swaps_last_two(entry: Entry) -> bool:
    """Tell whether a value is x.mT, spelled in one way or another."""
    return not entry.kwargs and swaps(entry.op, tuple(entry.args), entry.result)


def swaps(op: str, args: tuple[Any, ...], result: Tensor) -> bool:
    """Tell whether a call is x.mT; of a matrix x.t(), x.T and x.transpose(0, 1) are."""
    if op == "transpose" and len(args) == 3:
        rank = result.dim()
        return rank > 1 and {each % rank for each in args[1:]} == {rank - 1, rank - 2}
    return op == "mT" or (op in ("t", "T") and result.dim() == 2)


def origin(tape: Tape, entry: Entry) -> Entry:
    """Take what an operation was applied to."""
    return tape[entry.args[0].node]


def is_one(value: Any) -> bool:
    """Tell whether a literal 1 stands here; a named number is none."""
    return type(value) in (int, float) and value == 1


def same_shape(one: Tensor, other: Tensor) -> bool:
    """Tell whether two tensors have one shape, whatever its sizes are."""
    return one.dim() == other.dim() and all(
        statically_equal(a, b) for a, b in zip(one.shape, other.shape, strict=True)
    )


def statically_equal(one: Any, other: Any) -> bool:
    """Compare two sizes without asking for their values."""
    if isinstance(one, torch.SymInt) or isinstance(other, torch.SymInt):
        return str(expression(one)) == str(expression(other))
    return bool(one == other)


def expression(size: Any) -> Any:
    """Take the expression of a size."""
    return size.node.expr if isinstance(size, torch.SymInt) else size
