"""Every check of a derived function, in order: the cheap ones, and those that name it best, first."""

from dataclasses import replace

from layergen.autodiff.adapter import is_single
from layergen.gate import (
    autocast,
    conditions,
    device,
    dtypes,
    elsewhere,
    forward_mode,
    gradchecks,
    layout,
    magnitudes,
    second_order,
    subsets,
    transforms,
    values,
)
from layergen.gate.apart import apart
from layergen.gate.claim import Claim
from layergen.gate.probe import leaves

__all__ = ["verify"]

CHECKS = (
    conditions.check,
    values.check,
    subsets.check,
    second_order.check,
    layout.check,
    dtypes.check,
    autocast.check,
    device.check,
    magnitudes.check,
    elsewhere.check,
    gradchecks.check,
    transforms.check,
    forward_mode.check,
)


def verify(claim: Claim) -> tuple[str, ...]:
    """Try a derived function in every way, and compare it with its forward.

    Returns:
        What the user should know: where the forward itself has no answer to compare with.

    Raises:
        CannotDerive: They differ. The message names the check, the arguments and the sizes.
    """
    with apart():
        args = leaves(claim.samples[0].args, ())
        claim = replace(claim, single=is_single(claim.plain, args))
        return tuple(note for check in CHECKS for note in check(claim))
