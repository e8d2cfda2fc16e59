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
    ways_back: bool = True,
) -> Gradients:
    """Derive the backward of a function; CannotDerive tells the reason and the user's line.

    `inputs` are one value for each of its arguments, with sizes of at least 2; `others` are inputs
    of other sizes, which the forward takes. The rest is described at `Job`; where not given,
    `names` are the function's own, and `wanted` all floating tensors.
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
        ways_back,
    ).with_integers(inputs, others)
