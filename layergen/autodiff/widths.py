"""Which values are of another dtype than the inputs, whatever dtype those have."""

import torch

from layergen.autodiff.liveness import is_floating
from layergen.autodiff.tape import Entry, Tape
from layergen.ir.graph import Kind

__all__ = ["Widths"]

INPUTS = torch.float64  # in which forwards are traced
# What sets the dtype of its result: by the second operand, where there is one.
CONVERSIONS = frozenset(["double", "float", "to", "type", "type_as"])


class Widths:
    """Tell of each value whether its dtype is one of its own.

    It is where the value was made in such a dtype, or from nothing, in the dtype that torch
    has at that time, or computed from what was: torch takes the wider of two. Numbers of no
    dimensions widen nothing that has some.
    """

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        # by index: operands come before what is made of them
        self.known: list[bool] = []

    def is_own(self, entry: Entry) -> bool:
        """Tell of one value."""
        while len(self.known) <= entry.index:
            self.known.append(self.told(self.tape[len(self.known)]))
        return self.known[entry.index]

    def meets_another(self, entry: Entry) -> bool:
        """Tell whether an operation has an operand of a dtype of its own."""
        return any(self.is_own(self.tape[index]) for index in entry.operands)

    def told(self, entry: Entry) -> bool:
        """Tell by what an operation is given."""
        if not is_floating(entry.result):
            return False
        differs: bool = entry.result.dtype not in (INPUTS, torch.complex128)
        operands = [self.tape[index] for index in entry.operands]
        if differs or entry.kind is not Kind.CALL:
            return differs
        if entry.op in CONVERSIONS:
            return any(map(self.is_own, operands[1:]))
        if "dtype" in entry.kwargs:
            return False
        floating = [each for each in operands if is_floating(each.result)]
        ranked = [each for each in floating if each.result.dim()] or floating
        return any(map(self.is_own, ranked)) or not operands
