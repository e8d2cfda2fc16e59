"""Check both derivatives against central differences, by torch's own gradcheck."""

import torch
from torch.autograd import gradcheck, gradgradcheck
from torch.autograd.gradcheck import GradcheckError

from layergen.autodiff.refusal import Reason
from layergen.gate.central import Checker, failure
from layergen.gate.claim import TINY, Claim, Sample
from layergen.gate.comparison import refusal
from layergen.gate.probe import called, leaves, probe_of, reach

__all__ = ["check"]

# Numbers going in, for the fast mode: where it fails, gradcheck tries every one after all.
SMALL = 1024
# What leaves a forward's gradient unlike its derivative.
NO_DERIVATIVE = (
    "the forward's own gradient is not its derivative (it stops or replaces one, or computes "
    "in single precision)"
)

ORDERS: tuple[tuple[Checker, Reason], ...] = (
    (gradcheck, Reason.FAILED_GRADIENTS),
    (gradgradcheck, Reason.FAILED_SECOND_ORDER),
)


def check(claim: Claim) -> tuple[str, ...]:
    """Run gradcheck and gradgradcheck: fast everywhere, in full once, at a tiny sample.

    Where the forward itself fails, its gradient is not its derivative (it stops one by
    `detach`, or computes in single precision), and the other checks must do.
    """
    fitting = [
        each
        for each in claim.strict()
        if claim.wanted(each) and not each.is_empty and each.numel <= SMALL
    ]
    if not fitting:
        return (note_on(claim, "its samples are too large for central differences"),)
    tiny = [each for each in fitting if each.numel <= TINY]
    in_full = max(tiny, key=lambda each: each.numel, default=None)
    notes: dict[str, None] = {}
    for checker, reason in ORDERS:
        for sample in fitting:
            fast = sample is not in_full
            if not passes(claim, sample, checker, reason, fast=fast):
                notes[note_on(claim, NO_DERIVATIVE)] = None
                break
    return tuple(notes)


def note_on(claim: Claim, why: str) -> str:
    """Say why central differences did not judge."""
    return f"{claim.name}: {why}; its backward was compared with autograd alone."


def passes(
    claim: Claim, sample: Sample, checker: Checker, reason: Reason, *, fast: bool
) -> bool:
    """Check the derived function; refuse it unless the forward fails as well."""
    if checker is gradgradcheck and not claim.twice and not leads_on(claim, sample):
        return True
    error = failure(claim, claim.derived, sample, checker, fast=fast)
    if error is None:
        return True
    if not isinstance(error, GradcheckError) and not claim.twice:
        return True  # it has no second derivative, and says so
    other = failure(claim, claim.plain, sample, checker, fast=fast)
    if other is None or type(other) is not type(error):
        lines = [each for each in str(error).splitlines() if each.strip()]
        text = f"{checker.__name__}: {lines[0] if lines else type(error).__name__}"
        raise refusal(claim, probe_of(claim, sample), reason, text) from error
    return not isinstance(error, GradcheckError)


def leads_on(claim: Claim, sample: Sample) -> bool:
    """Tell whether the derived gradient can be differentiated: `once_differentiable` cuts it off."""
    probe = probe_of(claim, sample)
    args = leaves(probe.args, probe.wanted)
    ends, cotangents = reach(called(claim.derived, args), probe)
    by = [args[at] for at in probe.wanted]
    first = torch.autograd.grad(
        ends, by, cotangents, create_graph=True, materialize_grads=True
    )
    return any(each.requires_grad for each in first)
