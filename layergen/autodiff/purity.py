"""Refuse a forward whose answer is not all that comes of it, or that answers otherwise again."""

import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.refusal import Reason, refused
from layergen.autodiff.state import changed, picture
from layergen.autodiff.unseen import unseen
from layergen.errors import CannotDerive, Place

__all__ = ["check_pure", "check_read_again"]

CONTROL_FLOW = "_higher_order_ops"
SEED = 20_021  # any that a forward will not set itself


def check_pure(
    function: Callable[..., Any],
    inputs: Sequence[Any],
    place: Place | None,
    *,
    may_keep: bool = False,
    buffers: Collection[int] = (),
) -> None:
    """Run a forward twice on copies, and compare what it gives and what it leaves behind.

    `buffers` are positions that a module may update; `may_keep`: a layer may keep things.

    Raises:
        CannotDerive: It changes an input or something outside of it, or its answers differ.
    """
    given = [copied(each) for each in inputs]
    with seeded():
        before = picture(function)
        try:
            with without_control_flow(place):
                first = function(*given)
        except CannotDerive:
            raise
        except Exception:
            return  # the run that must succeed says it better
        left = changed(before, picture(function))
    if any(found_changed(inputs, given, buffers)):
        raise changes_input(place)
    if may_keep:
        return
    if left:
        raise refused(Reason.CHANGES_STATE, place=place, detail=left)
    with seeded():
        again = function(*(copied(each) for each in inputs))
    pairs = zip(tensors(first), tensors(again), strict=False)
    if not all(same(one, other) for one, other in pairs):
        raise refused(Reason.NOT_DETERMINISTIC, place=place)


def found_changed(
    inputs: Sequence[Any], given: Sequence[Any], buffers: Collection[int]
) -> Iterator[bool]:
    """Tell of each tensor that is no buffer whether it is another now."""
    for at, (before, after) in enumerate(zip(inputs, given, strict=True)):
        if at not in buffers:
            yield not all(map(same, tensors([before]), tensors([after])))


def changes_input(place: Place | None) -> CannotDerive:
    """Word the refusal of a forward that was seen to change an input."""
    return CannotDerive(
        "the forward changes one of its inputs in place",
        place=place,
        instead=Reason.INPUT_IN_PLACE.value.instead,
        reason=Reason.INPUT_IN_PLACE.spelled,
    )


def check_read_again(
    function: Callable[..., Any],
    again: Callable[..., Any],
    inputs: Sequence[Any],
    place: Place | None,
) -> None:
    """Compare a forward with itself as its file gives it when it is read once more."""
    answers = []
    for each in (function, again):
        with seeded():
            answers.append(tensors(each(*map(copied, inputs))))
    if not all(map(same, *answers)):
        detail = "what its file makes is drawn anew when it is read again"
        raise refused(Reason.NOT_DETERMINISTIC, place=place, detail=detail)


@contextmanager
def without_control_flow(place: Place | None) -> Iterator[None]:
    """Refuse torch.cond and its like: once watched, torch runs them nowhere else any more."""

    def at_call(frame: FrameType, event: str, arg: Any) -> None:
        found = unseen(frame)
        if found and CONTROL_FLOW in frame.f_code.co_filename:
            raise refused(found.reason, op=found.name, place=place)

    before = sys.gettrace()
    sys.settrace(at_call)
    try:
        yield
    finally:
        sys.settrace(before)


@contextmanager
def seeded() -> Iterator[None]:
    """Draw the same random numbers each time, and leave the generator as it was."""
    state = torch.get_rng_state()
    torch.default_generator.manual_seed(SEED)
    try:
        yield
    finally:
        torch.set_rng_state(state)


def copied(value: Any) -> Any:
    """Copy a tensor; one that wants a gradient could not be changed in place."""
    return value.detach().clone() if isinstance(value, Tensor) else value


def tensors(values: Any) -> list[Tensor]:
    """List the tensors among some values, in order."""
    found = values if isinstance(values, tuple | list) else (values,)
    return [each for each in found if isinstance(each, Tensor)]


def same(one: Tensor, other: Tensor) -> bool:
    """Compare two tensors; sums in another order may differ in their last digits."""
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    one, other = one.detach(), other.detach()
    if one.layout != torch.strided or one.is_quantized or one.is_nested:
        return True
    close = torch.isclose(one, other, rtol=1e-9, atol=0.0, equal_nan=True)
    return bool(close.all())
