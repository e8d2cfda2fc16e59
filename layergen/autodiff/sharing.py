"""Which tensors look at one memory."""

from torch import Tensor

from layergen.autodiff.adapter import storage_of
from layergen.autodiff.liveness import live_entries
from layergen.autodiff.tape import Entry, Tape, leaves
from layergen.ir.graph import Kind

__all__ = ["has_gradient", "is_input", "may_be_a_view", "may_copy"]

# Of these the dtype and layout of the day decide whether they copy.
UNSURE = frozenset(
    [
        "_to_copy",
        "bfloat16",
        "contiguous",
        "double",
        "flatten",
        "float",
        "half",
        "ravel",
        "reshape",
        "reshape_as",
        "sum_to_size",
        "to",
        "type",
        "type_as",
        "unflatten",
    ]
)

VIEWS = frozenset(["view", "view_as", "unflatten"])  # or they refuse


def is_input(tape: Tape, tensor: Tensor) -> bool:
    """Tell whether a tensor looks at an input's memory."""
    home = storage_of(tensor)
    inputs = [each.result for each in tape.entries if each.kind is Kind.ARGUMENT]
    return any(storage_of(each) == home for each in inputs)


def has_gradient(tape: Tape, tensor: Tensor) -> bool:
    """Tell whether a gradient flows to what looks at a tensor's memory."""
    home = storage_of(tensor)
    wanted = [each for each in tape.entries if each.kind is Kind.ARGUMENT]
    live = live_entries(tape.entries, wanted)
    found = (tape.find(each) for each in tape.kept if storage_of(each) == home)
    return any(each is not None and each.index in live for each in found)


def may_copy(entry: Entry) -> bool:
    """Tell whether a value that looks at other memory today may have its own tomorrow."""
    return entry.op in UNSURE and getattr(entry.func, "__name__", "") not in VIEWS


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
