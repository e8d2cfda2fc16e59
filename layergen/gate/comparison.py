"""Hold what was derived against the forward, and word the first difference."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.refusal import Reason, refused
from layergen.errors import CannotDerive
from layergen.gate.claim import Claim, is_floating
from layergen.gate.probe import Answer, Probe, answer

__all__ = [
    "EXACT",
    "REFUSALS",
    "Tolerance",
    "answer_of_derived",
    "answer_of_plain",
    "difference",
    "differences",
    "hold",
    "refusal",
    "refuse_faults",
    "tolerance_of",
    "unsteady",
]


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far two right answers may be apart, as torch.isclose takes it."""

    rtol: float
    atol: float


# What says plainly that arguments do not fit; IndexError is torch's for a missing dimension.
REFUSALS = (ValueError, RuntimeError, IndexError)

# Float64 keeps 16 digits; sums in another order and a handful of cancellations cost up to 8.
EXACT = Tolerance(1e-7, 1e-9)
# A forward that computes in float32 inside keeps 7 digits of them.
SINGLE = Tolerance(1e-3, 1e-4)


def tolerance_of(claim: Claim) -> Tolerance:
    """Choose how near float64 answers must be."""
    return SINGLE if claim.single else EXACT


def hold(claim: Claim, probe: Probe, reason: Reason | None = None) -> bool:
    """Ask both functions, and refuse a difference.

    Without a reason, it is said whether the values or the gradients differ.

    Returns:
        Whether the forward takes the question, and answers it the same again; else there is
        nothing to compare with.
    """
    want = answer_of_plain(claim, probe)
    if want is None:
        return False
    got = answer_of_derived(claim, probe, reason)
    if got is None:
        hold_alone(claim, probe, reason)
        return True
    for part, text in differences(claim, probe, got, want):
        if unsteady(claim, probe, want):
            return False
        raise refusal(claim, probe, reason or part, text)
    refuse_faults(claim, probe, got)
    return True


def hold_alone(claim: Claim, probe: Probe, reason: Reason | None) -> None:
    """Ask for each gradient alone, where not all of them come: one may, and be wrong."""
    for at in probe.wanted if len(probe.wanted) > 1 else ():
        where = f"{probe.where}, with a gradient of {claim.names[at]} alone"
        hold(claim, replace(probe, wanted=(at,), where=where), reason)


def unsteady(claim: Claim, probe: Probe, want: Answer) -> str:
    """Word how a forward differs from itself, or ""."""
    again = answer(claim.plain, probe)
    return next((text for _, text in differences(claim, probe, again, want)), "")


def refuse_faults(claim: Claim, probe: Probe, got: Answer) -> None:
    """Refuse gradients that autograd had to mend, where only the right answer will do."""
    for fault in got.faults if not probe.may_raise else ():
        name = "an input" if fault.argument is None else claim.names[fault.argument]
        text = f"the gradient of {name} is {fault.text}"
        raise refusal(claim, probe, fault.reason, text)


def answer_of_plain(claim: Claim, probe: Probe) -> Answer | None:
    """Ask the forward; None where it does not take the question."""
    try:
        return answer(claim.plain, probe)
    except Exception:
        return None  # as linalg.inv of zeros, or a kernel that bfloat16 lacks


def answer_of_derived(
    claim: Claim, probe: Probe, reason: Reason | None = None
) -> Answer | None:
    """Ask the derived function; None where it may raise, and does."""
    try:
        return answer(claim.derived, probe)
    except Exception as error:
        if probe.may_raise and isinstance(error, REFUSALS):
            return None
        first = next(iter(str(error).strip().splitlines()), "")
        text = f"{type(error).__name__}: {first}"
        raise refusal(claim, probe, reason or Reason.FAILED_RUN, text) from error


def refusal(claim: Claim, probe: Probe, reason: Reason, text: str) -> CannotDerive:
    """Word a refusal: the check, the sizes, and what differs."""
    # at a broadcast that nobody spoke of, or at a number alone: checks of shapes refuse those
    if probe.may_raise or lacks_dimensions(claim, probe):
        reason = Reason.FAILED_BROADCAST
    detail = f"{claim.name} at {probe.where}: {text}"
    return refused(reason, place=claim.place, detail=detail)


def lacks_dimensions(claim: Claim, probe: Probe) -> bool:
    """Tell whether a tensor has no dimensions where the first sample's has some."""
    pairs = zip(probe.args, claim.samples[0].args, strict=True)
    return any(
        isinstance(each, Tensor)
        and isinstance(first, Tensor)
        and first.dim() > 0 == each.dim()
        for each, first in pairs
    )


def differences(
    claim: Claim, probe: Probe, got: Answer, want: Answer
) -> Iterator[tuple[Reason, str]]:
    """Find what differs: outputs, gradients, and what was written to."""
    tolerance = tolerance_of(claim)
    if len(got.outputs) != len(want.outputs):
        text = f"{len(got.outputs)} outputs, and the forward has {len(want.outputs)}"
        yield Reason.FAILED_VALUES, text
    for at, (mine, theirs) in enumerate(zip(got.outputs, want.outputs, strict=False)):
        name = "the output" if len(want.outputs) == 1 else f"output {at}"
        if text := difference(mine, theirs, tolerance):
            yield Reason.FAILED_VALUES, f"{name} is {text}"
    for at, mine, theirs in zip(
        probe.wanted, got.gradients, want.gradients, strict=True
    ):
        if text := difference(mine, theirs, tolerance):
            yield Reason.FAILED_GRADIENTS, f"the gradient of {claim.names[at]} is {text}"
    for name, mine, theirs in zip(claim.names, got.args, want.args, strict=True):
        if difference(mine, theirs, tolerance):
            yield Reason.FAILED_VALUES, f"{name} is changed in place"
    if got.spoilt:
        yield Reason.FAILED_GRADIENTS, "backward changes the cotangent in place"


def difference(
    mine: Any, theirs: Any, tolerance: Tolerance = EXACT, *, finite: bool = False
) -> str:
    """Word how a value differs, or "".

    Args:
        mine: the derived function's.
        theirs: the forward's.
        tolerance: how far apart they may be.
        finite: look only where the forward's is finite.
    """
    if not isinstance(mine, Tensor) or not isinstance(theirs, Tensor):
        same = type(mine) is type(theirs) and mine == theirs
        return "" if same else f"{mine!r}, and the forward's is {theirs!r}"
    for name in ("shape", "dtype", "device"):
        own, other = getattr(mine, name), getattr(theirs, name)
        if own != other:
            own, other = (tuple(e) if name == "shape" else e for e in (own, other))
            return f"of {name} {own}, and the forward's of {other}"
    if theirs.is_meta:
        return ""
    if theirs.dtype == torch.complex32:  # torch compares no halves of complex numbers
        mine, theirs = mine.to(torch.complex64), theirs.to(torch.complex64)
    near = nearness(mine, theirs, tolerance)
    return worst(mine, theirs, near | ~theirs.isfinite() if finite else near)


def nearness(mine: Tensor, theirs: Tensor, tolerance: Tolerance) -> Tensor:
    """Tell of each entry whether it is near."""
    if not is_floating(theirs):
        return mine == theirs
    return torch.isclose(
        mine, theirs, rtol=tolerance.rtol, atol=tolerance.atol, equal_nan=True
    )


def worst(mine: Tensor, theirs: Tensor, near: Tensor) -> str:
    """Name the first entry that is not near."""
    if bool(near.all()):
        return ""
    at = tuple((~near).nonzero()[0].tolist())
    place = f" at {at}" if at else ""
    own, other = mine[at].item(), theirs[at].item()
    return f"{shortened(own)}{place}, and the forward's is {shortened(other)}"


def shortened(number: Any) -> str:
    """Spell a number in a few digits."""
    return f"{number:.6g}" if isinstance(number, float) else str(number)
