"""Watch the user's function while it runs: its variables, and calls that can't be followed."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor

from layergen.autodiff.adapter import scripted_kinds
from layergen.autodiff.calling import is_torch
from layergen.autodiff.named import looks
from layergen.autodiff.recorder import Recorder
from layergen.autodiff.refusal import Reason
from layergen.autodiff.unseen import unseen

__all__ = ["Seen", "watching"]


class Seen:
    """What was seen of the user's function.

    Attributes:
        at_return: the entries that the user's variables held when it returned.
        lines: how many guards and looks there were when a line began, and the line.
    """

    def __init__(self) -> None:
        self.at_return: dict[str, int] = {}
        self.lines: list[tuple[int, int, int]] = []

    @property
    def variables(self) -> dict[int, str]:
        """The first variable for each entry."""
        return {index: name for name, index in reversed(self.at_return.items())}

    def line_of_guard(self, at: int) -> int:
        """Find the line that asked something of the sizes."""
        return next((line for count, _, line in self.lines[::-1] if count <= at), 0)

    def line_of_look(self, at: int) -> int:
        """Find the line that looked at a number."""
        return next((line for _, count, line in self.lines[::-1] if count <= at), 0)


@contextmanager
def watching(recorder: Recorder, guards: Callable[[], int]) -> Iterator[Seen]:
    """Watch the recorder's function for a while.

    Args:
        recorder: records it, and words refusals.
        guards: counts what was asked of the sizes so far.
    """
    seen = Seen()

    def at_line(frame: FrameType, event: str, arg: Any) -> Any:
        held = held_by(recorder, frame)
        seen.lines.append((guards(), len(looks), frame.f_lineno))
        if event == "return":
            seen.at_return.update(held)
        return at_line

    def at_call(frame: FrameType, event: str, arg: Any) -> Any:
        if frame.f_code is recorder.code:
            return at_line
        refuse_unseen(recorder, frame)
        return None

    before = sys.gettrace()
    with without_shortcuts(recorder):
        sys.settrace(at_call)
        try:
            yield seen
        finally:
            sys.settrace(before)


def held_by(recorder: Recorder, frame: FrameType) -> dict[str, int]:
    """List what the user's variables hold; each value is called by its first name."""
    held = {
        name: entry
        for name, value in list(frame.f_locals.items())
        if name.strip("_")
        and isinstance(value, Tensor)
        and (entry := recorder.tape.find(value))
        and not recorder.aliases.is_stale(value)
    }
    for name, entry in held.items():
        entry.hint = entry.hint or name
    return {name: entry.index for name, entry in held.items()}


def refuse_unseen(recorder: Recorder, frame: FrameType) -> None:
    """Refuse a function of torch's that runs others out of sight."""
    if found := unseen(frame):
        raise recorder.refusal(found.reason, found.name)


@contextmanager
def without_shortcuts(recorder: Recorder) -> Iterator[None]:
    """Refuse what Python does without a call that could be watched."""

    def assigned(tensor: Tensor, name: str, value: Any) -> None:
        caller = sys._getframe(1)
        if name.startswith("_") or is_torch(caller):  # torch's C++ sets some, too
            object.__setattr__(tensor, name, value)
            return
        own = [known for known, each in caller.f_locals.items() if each is tensor]
        what = ".".join([*own[:1], name])
        raise recorder.refusal(Reason.ATTRIBUTE_ASSIGNMENT, "", what)

    def scripted(function: Any, *args: Any, **kwargs: Any) -> None:
        raise recorder.refusal(Reason.OPAQUE_CALL, getattr(function, "name", ""))

    with ExitStack() as stack:
        attributes = patch.object(torch.Tensor, "__setattr__", assigned, create=True)
        stack.enter_context(attributes)
        for kind in scripted_kinds():
            stack.enter_context(patch.object(kind, "__call__", scripted))
        yield
