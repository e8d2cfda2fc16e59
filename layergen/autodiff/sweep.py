"""Seed a trace's outputs with incoming gradients, and sweep back to its arguments."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import torch

from layergen.autodiff.liveness import is_floating, live_entries
from layergen.autodiff.refusal import Reason, refused
from layergen.autodiff.reverse import Adjoints
from layergen.autodiff.tape import Entry
from layergen.autodiff.told import reason_of
from layergen.autodiff.trace import Trace, first_line
from layergen.ir.graph import Kind, Phase

__all__ = ["Sweep", "swept"]


@dataclass(frozen=True, slots=True)
class Sweep:
    """What came of it.

    Attributes:
        cotangents: for each output its incoming gradient, None where it has none.
        gradients: of the arguments, by the arguments' entries.
        fallbacks: operations that were differentiated through autograd.
        length: of the forward, in entries.
        reached: those that a gradient came to.
        ways_back: the incoming gradients of other values of the forward, by their entries.
    """

    cotangents: tuple[Entry | None, ...]
    gradients: dict[int, Entry]
    fallbacks: tuple[str, ...]
    length: int
    reached: frozenset[int]
    ways_back: Mapping[int, Entry]


def swept(
    trace: Trace,
    wanted: Sequence[Entry],
    *,
    fallback: bool,
    broadcast: Collection[str],
    through: Collection[int] = (),
) -> Sweep:
    """Sweep backwards, from the outputs and from `through`, entries amid the forward."""
    recorder, tape = trace.recorder, trace.tape
    if not wanted:
        raise recorder.refusal(Reason.NO_DIFFERENTIABLE_INPUT, "")
    forward, calls = list(tape.entries), len(tape.calls)
    live = live_entries(forward, wanted)
    tape.phase = Phase.BACKWARD
    adjoints = Adjoints(recorder, live, fallback=fallback)
    with trace.sandbox.entered(gradients=False):
        try:
            cotangents = seeded(trace, adjoints)
            ways_back = {at: incoming(adjoints, forward[at]) for at in sorted(through)}
            adjoints.sweep(forward)
            found = {
                each.index: finished(trace, adjoints, each, each.hint in broadcast)
                for each in wanted
                if each.index in adjoints.of
            }
        except Exception as error:
            if (reason := reason_of(error)) is None:
                raise
            place = recorder.place(0)
            raise refused(reason, place=place, detail=first_line(error)) from error
    del tape.calls[calls:]  # they are what the forward does
    if not found:
        raise recorder.refusal(Reason.NO_GRADIENT_PATH, "")
    reached = frozenset(at for at in adjoints.of if at < len(forward))
    fallbacks = tuple(adjoints.fallbacks)
    return Sweep(cotangents, found, fallbacks, len(forward), reached, ways_back)


def seeded(trace: Trace, adjoints: Adjoints) -> tuple[Entry | None, ...]:
    """Give each differentiable output its incoming gradient."""
    found: list[Entry | None] = []
    several = len(trace.outputs) > 1
    for at, (output, entry) in enumerate(
        zip(trace.outputs, trace.results, strict=True)
    ):
        found.append(None)
        if entry.index in adjoints.live and is_floating(output):
            name = f"grad_out_{at}" if several else "grad_out"
            incoming = torch.empty_like(output)
            found[-1] = trace.tape.leaf(Kind.COTANGENT, name, incoming)
            adjoints.add(entry, incoming)
    return tuple(found)


def incoming(adjoints: Adjoints, entry: Entry) -> Entry:
    """Give a value in the middle of the forward an incoming gradient."""
    gradient = torch.empty_like(entry.result)
    made = adjoints.tape.leaf(Kind.COTANGENT, f"grad_kept_{entry.index}", gradient)
    adjoints.add(entry, gradient)
    return made


def finished(trace: Trace, adjoints: Adjoints, argument: Entry, summed: bool) -> Entry:
    """Take an argument's gradient in the argument's own shape."""
    gradient = adjoints.full(argument)
    if summed:
        gradient = adjoints.summed(argument, gradient)
    entry = trace.tape.find(gradient)
    assert entry is not None
    if entry.phase is Phase.BACKWARD and entry.kind is not Kind.COTANGENT:
        entry.hint = f"grad_{argument.hint}"
    return entry
