"""The room's door: a plain forward becomes its gradients.

Trace it on tensors without values, hold the trace against other runs, sweep backwards over it,
and choose what to keep.
"""

import inspect
from collections.abc import Callable, Collection, Sequence
from typing import Any

from layergen.autodiff.job import Job
from layergen.autodiff.trace import Locate, located
from layergen.ir.gradients import Gradients
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
    all_others: bool = False,
) -> Gradients:
    """Derive the backward of a function; CannotDerive tells the reason and the user's line.

    Args:
        function: the forward, of tensors, numbers, strings and None.
        inputs: one value for each of its arguments; sizes of at least 2.
        names: of the arguments; the function's own where not given.
        wanted: positions to differentiate by; all floating tensors where not given.
        broadcast: arguments whose gradients are always summed to their own shapes.
        recompute: what backward computes again instead of keeping.
        fallback: whether an operation without a rule may go through autograd.
        locate: turns a line of the function into a place in the user's text.
        literal: numbers that it may hold for one value of alone.
        others: inputs of other sizes, which the forward takes.
        all_others: whether it must hold for all of those.
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
        all_others,
    ).with_integers(inputs, others)
