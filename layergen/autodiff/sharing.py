"""Which tensors look at one memory."""

from torch import Tensor

from layergen.autodiff.adapter import storage_of
from layergen.autodiff.tape import Entry, Tape, leaves
from layergen.ir.graph import Kind

__all__ = ["has_other_views", "is_input", "may_be_a_view"]

# Of these the dtype and layout of the day decide whether they copy.
UNSURE = frozenset(
    [
        "_to_copy",
        "contiguous",
        "flatten",
        "ravel",
        "reshape",
        "reshape_as",
        "sum_to_size",
        "to",
        "type_as",
        "unflatten",
    ]
)


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


def may_be_a_view(tape: Tape, entry: Entry) -> bool:
    """Tell whether a value may look at the memory of what it was computed from."""
    sources = [tape[each] for each in entry.operands]
    if entry.kind is Kind.PART:
        sources += [tape[each] for each in sources[0].operands]
    if entry.op in UNSURE:
        return True
    home = storage_of(entry.result)
    others = leaves([each.result for each in sources], Tensor)
    return any(storage_of(each) == home for each in others if each is not entry.result)
