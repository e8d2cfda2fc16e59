"""The room's door: a plain forward becomes its gradients.

Trace it on tensors without values, hold the trace against other runs, sweep backwards over it,
and choose what to keep.
"""

import inspect
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from layergen.autodiff.adapter import missing
from layergen.autodiff.burnt import Burnt, burnt, is_resized
from layergen.autodiff.compare import graph_difference
from layergen.autodiff.gather import gathered
from layergen.autodiff.guards import Freed
from layergen.autodiff.liveness import is_floating
from layergen.autodiff.named import numbers_kept
from layergen.autodiff.refusal import Reason, refused
from layergen.autodiff.sweep import swept
from layergen.autodiff.trace import Locate, in_float64, located, traced
from layergen.errors import BadRequest
from layergen.ir.gradients import Gradients, LookedAt
from layergen.spec.model import Recompute

__all__ = ["derived"]


def derived(
    function: Callable[..., Any],
    inputs: Sequence[Any],
    *,
    names: Sequence[str] | None = None,
    wanted: Sequence[int] | None = None,
    broadcast: Collection[str] = (),
    recompute: Recompute = Recompute.CHEAP,
    fallback: bool = True,
    locate: Locate | None = None,
    literal: Collection[str] = (),
    others: Sequence[tuple[Any, ...]] = (),
) -> Gradients:
    """Derive the backward of a function.

    Args:
        function: the forward, of tensors, numbers, strings and None.
        inputs: one value for each of its arguments; sizes of at least 2.
        names: the arguments' names; the function's own where not given.
        wanted: positions to differentiate by; all floating tensors where not given.
        broadcast: arguments whose gradients are always summed to their own shapes.
        recompute: what backward computes again instead of keeping.
        fallback: whether an operation without a rule may go through autograd.
        locate: turns a line of the function into a place in the user's text.
        literal: numbers that it may hold for one value of alone.
        others: inputs of other sizes, which the forward takes.

    Raises:
        CannotDerive: With the reason and the user's line.
    """
    return Job(
        function,
        tuple(names or inspect.signature(function).parameters)[: len(inputs)],
        tuple(range(len(inputs)) if wanted is None else wanted),
        frozenset(broadcast),
        recompute,
        fallback,
        locate or located(function),
        frozenset(literal),
    ).held(inputs, others)


def refuse_torch() -> None:
    """Refuse a torch that lacks what tracing needs of it."""
    if lack := missing():
        raise BadRequest(
            f"a forward can't be traced by this torch: it has no {lack}",
            instead="Install a torch from 2.11 to 2.13, or take --backward stub.",
        )


@dataclass(frozen=True, slots=True)
class Job:
    """What is derived; see `derived`."""

    function: Callable[..., Any]
    names: tuple[str, ...]
    wanted: tuple[int, ...]
    broadcast: frozenset[str]
    recompute: Recompute
    fallback: bool
    locate: Locate
    literal: frozenset[str]

    def held(
        self, inputs: Sequence[Any], others: Sequence[tuple[Any, ...]]
    ) -> Gradients:
        """Derive, and again wherever something may have been burnt in."""
        refuse_torch()
        gradients, freed = self.done(inputs, others)
        for each in freed:
            if self.done(each.args, None)[0].graph != gradients.graph:
                raise each.refusal
        for args in [each for each in others if is_resized(inputs, each)][:1]:
            again = self.done(args, None)[0]
            if told := graph_difference(gradients.graph, again.graph):
                raise refused(Reason.BURNT_IN, place=self.locate(0), detail=told)
        return gradients

    def done(
        self, inputs: Sequence[Any], others: Sequence[tuple[Any, ...]] | None
    ) -> tuple[Gradients, tuple[Freed, ...]]:
        """Derive at some inputs; hold the trace against other runs, unless others is None."""
        given = [in_float64(each) for each in inputs]
        with numbers_kept() as looks:
            trace = traced(self.function, given, self.names, self.locate, self.literal)
            found = Burnt()
            if others is not None:
                found = burnt(trace, self.function, given, others, list(looks))
            by_forward = len(looks)
            leaves = [trace.arguments[at] for at in self.wanted]
            sweep = swept(
                trace,
                [each for each in leaves if each and is_floating(each.result)],
                fallback=self.fallback,
                broadcast=self.broadcast,
            )
            by_rules = [LookedAt(e) for look in looks[by_forward:] for e in look.names]
        numbers = (*found.numbers, *by_rules)
        gradients = gathered(trace, sweep, self.names, self.recompute, numbers)
        return gradients, found.freed
