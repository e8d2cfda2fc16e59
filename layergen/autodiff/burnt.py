"""Find what a trace took from its example: it must hold at other sizes, numbers and dtypes."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.demands import Demand
from layergen.autodiff.guards import Freed, check_guards, check_ones
from layergen.autodiff.named import Look
from layergen.autodiff.refusal import Reason, refused
from layergen.autodiff.rerun import Difference, DoesNotRun, difference
from layergen.autodiff.trace import Trace
from layergen.ir.gradients import LookedAt

__all__ = ["Burnt", "burnt", "integers", "is_resized", "meets"]

Args = tuple[Any, ...]
WHERE: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.DEVICE_SPECIALISED: "on another one",
        Reason.DTYPE_SPECIALISED: "in another",
        Reason.GRAD_MODE: "where gradients are off",
        Reason.NEEDS_REAL_TENSORS: "there",
        Reason.RANK_SPECIALISED: "with another number of them",
    }
)


@dataclass(frozen=True, slots=True)
class Burnt:
    """What of the example is in a trace.

    Attributes:
        numbers: those at another value of which the forward does something else.
        demands: what of the sizes must hold.
        freed: where it does the same though what was asked of a size has another answer.
    """

    numbers: tuple[LookedAt, ...] = ()
    demands: tuple[Demand, ...] = ()
    freed: tuple[Freed, ...] = ()

    def and_freed(self, more: Sequence[Freed]) -> "Burnt":
        """Add to where it does the same."""
        return replace(self, freed=(*self.freed, *more))


def burnt(
    trace: Trace,
    function: Callable[..., Any],
    inputs: Sequence[Any],
    others: Sequence[Args],
    looks: Sequence[Look],
) -> Burnt:
    """Run the forward where everything is another, and hold it against its trace.

    Args:
        trace: of the function.
        function: the forward.
        inputs: the example; floating tensors are float64.
        others: arguments of other shapes that the forward takes.
        looks: numbers that its own Python looked at.

    Raises:
        CannotDerive: It does something else in another dtype, on another device, at another
            size, or where gradients are off.
    """
    numbers = looked_at(trace, function, inputs, None, int)
    if not all_at_once(trace, function, inputs):
        refuse(trace, Reason.NEEDS_REAL_TENSORS, function, inputs)
        refuse(trace, Reason.DTYPE_SPECIALISED, function, in_float32(inputs))
        refuse(trace, Reason.GRAD_MODE, function, inputs, gradients=False)
        numbers |= looked_at(trace, function, inputs, None, float)
    refuse(trace, Reason.DEVICE_SPECIALISED, function, on_meta(inputs))
    refuse(trace, Reason.DTYPE_SPECIALISED, function, on_meta(in_bfloat16(inputs)))
    placed = [
        replace(each, line=trace.seen.line_of_look(at)) for at, each in enumerate(looks)
    ]
    numbers |= looked_at(trace, function, inputs, placed)
    demands, freed = check_guards(trace, function, inputs)
    demands += check_ones(trace, function, inputs, demands)
    for args in others:
        reason, same = kind_of(inputs, args)
        if reason is not Reason.SIZE_SPECIALISED or meets(args, demands):
            refuse(trace, reason, function, args, sizes=same)
    own = tuple(map(LookedAt, numbers, numbers.values()))
    return Burnt(own, tuple(demands), tuple(freed))


def meets(args: Args, demands: Sequence[Demand]) -> bool:
    """Tell whether arguments have the sizes that are demanded."""
    return all(each.guard.holds(args) for each in demands)


def kind_of(inputs: Sequence[Any], args: Sequence[Any]) -> tuple[Reason, bool]:
    """Tell what other shapes are: other ranks, another broadcast, or other sizes alone.

    Returns:
        The reason to refuse by, and whether numbers that come from sizes can be compared.
    """
    pairs = [
        (tuple(one.shape), tuple(other.shape))
        for one, other in zip(inputs, args, strict=True)
        if isinstance(one, Tensor) and isinstance(other, Tensor)
    ]
    if any(len(one) != len(other) for one, other in pairs):
        return Reason.RANK_SPECIALISED, False
    ones = [[size == 1 for size in shape] for pair in pairs for shape in pair]
    return Reason.SIZE_SPECIALISED, ones[::2] == ones[1::2]


def is_resized(inputs: Sequence[Any], args: Sequence[Any]) -> bool:
    """Tell whether only sizes differ, and not how inputs broadcast."""
    return kind_of(inputs, args) == (Reason.SIZE_SPECIALISED, True)


def all_at_once(
    trace: Trace, function: Callable[..., Any], args: Sequence[Any]
) -> bool:
    """Tell whether nothing changes where all is different; most often one run is enough."""
    given = [
        another(each) if trace.is_named(at) and isinstance(each, float) else each
        for at, each in enumerate(args)
    ]
    try:
        found = difference(trace, function, in_float32(given), gradients=False)
    except DoesNotRun:
        return False
    return found is None


def refuse(
    trace: Trace,
    reason: Reason,
    function: Callable[..., Any],
    args: Sequence[Any],
    *,
    gradients: bool = True,
    sizes: bool = True,
) -> None:
    """Refuse a forward that does something else on these arguments."""
    found = tried(trace, function, args, gradients=gradients, sizes=sizes)
    if found is not None:
        detail = " ".join(filter(None, (found.text, WHERE.get(reason, ""))))
        raise refused(reason, place=trace.recorder.place(found.line), detail=detail)


def tried(
    trace: Trace,
    function: Callable[..., Any],
    args: Sequence[Any],
    *,
    gradients: bool = True,
    sizes: bool = True,
) -> Difference | None:
    """Find what is different, if anything; nothing is where the forward does not run."""
    try:
        return difference(trace, function, args, gradients=gradients, sizes=sizes)
    except DoesNotRun:
        return None  # as a kernel that float32 lacks, or two devices in one forward


def looked_at(
    trace: Trace,
    function: Callable[..., Any],
    inputs: Sequence[Any],
    looks: Sequence[Look] | None,
    kind: type = float,
) -> dict[str, int]:
    """Find the numbers at another value of which the forward does something else.

    Args:
        trace: of the function.
        function: the forward.
        inputs: the example.
        looks: what its own Python looked at; None for what other code looked at unseen.
        kind: of the numbers that others looked at.
    """
    found: dict[str, int] = {}
    for at, value in enumerate(inputs):
        if not trace.is_named(at):
            continue
        name = trace.names[at]
        own = [each for each in looks or () if name in each.names]
        unseen = looks is None and isinstance(value, kind)
        for other in values(value, own) if own or unseen else ():
            args = [*inputs[:at], other, *inputs[at + 1 :]]
            if (different := tried(trace, function, args)) is not None:
                found[name] = next((each.line for each in own), different.line)
                break
    return found


def values(value: float, looks: Sequence[Look]) -> Iterator[float]:
    """Choose other values of a number: near it, and on both sides of what it was compared with."""
    if isinstance(value, int):
        yield from integers(value)
        return
    yield another(value)
    for look in looks:
        if isinstance(look.other, int | float):
            yield from (look.other, look.other + 1.0, look.other - 1.0)
    if looks:
        yield from (value + 1.0, 0.0, 1.0, -1.0)


def integers(value: int) -> list[int]:
    """Choose other values of an integer: another dimension, or another count."""
    near = (value + 1, value - 1, 0, 1, -1, 2, -2, 3, 2 * value)
    return [each for each in dict.fromkeys(near) if each != value]


def another(value: float) -> float:
    """Choose a second value near the first: a probability stays one, so does an epsilon."""
    if not math.isfinite(value):
        return value
    return 0.75 * value if value else 0.5


def in_float32(inputs: Sequence[Any]) -> Args:
    """Take floating tensors to another dtype than the trace has."""
    return tuple(
        (
            each.to(torch.complex64 if each.is_complex() else torch.float32)
            if isinstance(each, Tensor)
            and (each.is_floating_point() or each.is_complex())
            else each
        )
        for each in inputs
    )


def in_bfloat16(inputs: Sequence[Any]) -> Args:
    """Take floating tensors to a dtype of fewer digits, which forwards often ask for."""
    return tuple(
        (
            each.bfloat16()
            if isinstance(each, Tensor) and each.is_floating_point()
            else each
        )
        for each in inputs
    )


def on_meta(inputs: Sequence[Any]) -> Args:
    """Take tensors to the device that has shapes and no numbers."""
    return tuple(
        each.to("meta") if isinstance(each, Tensor) else each for each in inputs
    )
