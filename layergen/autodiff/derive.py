"""The room's door: a plain forward becomes its gradients.

Trace it on tensors without values, sweep backwards over the trace, and choose what to keep.
"""

import inspect
from collections.abc import Callable, Collection, Sequence
from typing import Any

from layergen.autodiff.adapter import missing
from layergen.autodiff.gather import gathered
from layergen.autodiff.named import numbers_kept
from layergen.autodiff.reverse import is_floating
from layergen.autodiff.sweep import swept
from layergen.autodiff.trace import Locate, located, traced
from layergen.errors import BadRequest
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
) -> Gradients:
    """Derive the backward of a function.

    Args:
        function: the forward, of tensors, numbers, strings and None.
        inputs: one value for each of its arguments; sizes of at least 2.
        names: the arguments' names; the function's own where not given.
        wanted: positions to differentiate by; every floating tensor where not given.
        broadcast: arguments that may be broadcast otherwise than here: their gradients are
            always summed to their own shapes.
        recompute: what backward computes again instead of keeping.
        fallback: whether an operation without a rule may go through autograd.
        locate: turns a line of the function into a place in the user's text.

    Raises:
        CannotDerive: With the reason, one of `refusal.Reason`, and the user's line.
    """
    if lack := missing():
        raise BadRequest(
            f"a forward can't be traced by this torch: it has no {lack}",
            instead="Install a torch from 2.11 to 2.13, or take --backward stub.",
        )
    own = list(names or list(inspect.signature(function).parameters)[: len(inputs)])
    with numbers_kept() as looked_at:
        trace = traced(function, inputs, own, locate or located(function))
        positions = range(len(inputs)) if wanted is None else wanted
        leaves = [trace.arguments[at] for at in positions]
        sweep = swept(
            trace,
            [each for each in leaves if each and is_floating(each.result)],
            fallback=fallback,
            broadcast=broadcast,
        )
    return gathered(trace, sweep, own, recompute, looked_at)
