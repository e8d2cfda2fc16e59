"""What a gradient can be of, and which values one reaches."""

from collections.abc import Collection, Sequence
from typing import Any

from torch import Tensor

from layergen.autodiff.tape import Entry, Tape
from layergen.ir.narrowed import MULTIPLIES

__all__ = [
    "has_complex",
    "is_floating",
    "is_made_by",
    "live_entries",
]

# No gradient passes these, whatever comes in.
NO_GRADIENT = frozenset(
    [
        "argmax",
        "argmin",
        "argsort",
        "bernoulli",
        "bucketize",
        "ceil",
        "detach",
        "empty_like",
        "floor",
        "full_like",
        "heaviside",
        "new_empty",
        "new_full",
        "new_ones",
        "new_tensor",
        "new_zeros",
        "nextafter",
        "one_hot",
        "ones_like",
        "rand_like",
        "randint_like",
        "randn_like",
        "round",
        "sgn",
        "sign",
        "trunc",
        "zeros_like",
        "floor_divide",
        "data",
        "count_nonzero",
        "searchsorted",
    ]
)


def is_floating(value: Any) -> bool:
    """Tell whether a gradient can be of a value."""
    return isinstance(value, Tensor) and (
        value.is_floating_point() or value.is_complex()
    )


def live_entries(entries: Sequence[Entry], wanted: Sequence[Entry]) -> set[int]:
    """Find what depends on the wanted inputs in a differentiable way."""
    live = {each.index for each in wanted}
    for entry in entries:
        results = (
            entry.result if isinstance(entry.result, tuple | list) else [entry.result]
        )
        if entry.constant or entry.op in NO_GRADIENT:
            continue
        if any(map(is_floating, results)) and live.intersection(entry.operands):
            live.add(entry.index)
    return live


def is_made_by(tape: Tape, entry: Entry, operations: Collection[str]) -> bool:
    """Tell whether a value is what one of some operations gave, or comes of it."""
    seen, open_ = {entry.index}, [entry]
    while open_:
        each = open_.pop()
        if each.op in operations:
            return True
        behind = set(each.operands) - seen
        seen |= behind
        open_ += [tape[index] for index in behind]
    return False


def is_promoted(tape: Tape, changed: Entry, others: Sequence[Any]) -> bool:
    """Tell whether a tensor changed in place may be narrower than what comes to it.

    In place it keeps its dtype: under autocast, that of the product that it was made from.
    """
    given = [each for each in others if isinstance(each, Tensor) and each.dim()]
    return bool(given) and is_made_by(tape, changed, MULTIPLIES)


def has_complex(entry: Entry) -> bool:
    """Tell whether an operation gives complex numbers, or the real part of some."""
    results = entry.result if isinstance(entry.result, tuple | list) else [entry.result]
    return any(isinstance(each, Tensor) and each.is_complex() for each in results) or (
        entry.op in ("real", "imag", "abs", "angle", "view_as_real", "fft.irfft")
    )
