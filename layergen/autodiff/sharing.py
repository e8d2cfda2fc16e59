"""Which tensors look at one memory."""

from torch import Tensor

from layergen.autodiff.adapter import storage_of
from layergen.autodiff.tape import Tape
from layergen.ir.graph import Kind

__all__ = ["has_other_views", "is_input"]


def is_input(tape: Tape, tensor: Tensor) -> bool:
    """Tell whether a tensor looks at an input's memory."""
    home = storage_of(tensor)
    inputs = [each.result for each in tape.entries if each.kind is Kind.ARGUMENT]
    return any(storage_of(each) == home for each in inputs)


def has_other_views(tape: Tape, tensor: Tensor) -> bool:
    """Tell whether another tensor looks at the same memory."""
    home = storage_of(tensor)
    others = {id(each): each for each in tape.kept if each is not tensor}
    return any(storage_of(each) == home for each in others.values())
