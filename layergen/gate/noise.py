"""Hold what was derived against the forward where rounding may make much of little."""

from dataclasses import replace
from typing import Any

from torch import Tensor

from layergen.autodiff.refusal import Reason
from layergen.gate.claim import Claim
from layergen.gate.comparison import (
    Tolerance,
    answer_of_derived,
    answer_of_plain,
    difference,
    refusal,
    tolerance_of,
)
from layergen.gate.probe import Answer, Probe

__all__ = ["hold_finite"]

# Moves a number by a few of its last digits, and leaves what is equal equal.
NUDGE = 1 + 2**-50
NOISE = 1e3  # how many nudges two right formulas may be apart


def hold_finite(claim: Claim, probe: Probe, want: Answer) -> None:
    """Refuse another value or gradient, wherever the forward's is finite."""
    got = answer_of_derived(claim, probe, Reason.FAILED_EDGES)
    if got is None:
        return
    names = [f"output {at}" for at in range(len(want.outputs))]
    names += [f"the gradient of {claim.names[at]}" for at in probe.wanted]
    mine = (*got.outputs, *got.gradients)
    theirs = (*want.outputs, *want.gradients)
    nudged: tuple[Any, ...] | None = None
    for at, name in enumerate(names):
        text = difference(mine[at], theirs[at], tolerance_of(claim), finite=True)
        if text and isinstance(theirs[at], Tensor):
            nudged = nudged or at_nudged(claim, probe) or theirs
            text = beyond_noise(mine[at], theirs[at], nudged[at]) and text
        if text:
            raise refusal(claim, probe, Reason.FAILED_EDGES, f"{name} is {text}")


def at_nudged(claim: Claim, probe: Probe) -> tuple[Any, ...]:
    """Ask the forward a few last digits further on: what is large or equal cancels to noise."""
    args = tuple(
        each * NUDGE if at in probe.wanted else each
        for at, each in enumerate(probe.args)
    )
    answer = answer_of_plain(claim, replace(probe, args=args))
    return () if answer is None else (*answer.outputs, *answer.gradients)


def beyond_noise(mine: Tensor, theirs: Tensor, nudged: Tensor) -> str:
    """Tell whether a difference is more than what rounding makes of large numbers."""
    apart = (nudged - theirs)[theirs.isfinite() & nudged.isfinite()].abs()
    noise = NOISE * float(apart.max()) if apart.numel() else 0.0
    return difference(mine, theirs, Tolerance(1e-7, max(noise, 1e-9)), finite=True)
