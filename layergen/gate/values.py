"""Check the outputs and the first derivatives, in float64, at every sample."""

import math
from collections.abc import Callable
from dataclasses import replace

from torch import Tensor

from layergen.autodiff.refusal import Reason
from layergen.gate.claim import Change, Claim, Sample, is_floating
from layergen.gate.comparison import (
    answer_of_plain,
    difference,
    hold,
    refusal,
    tolerance_of,
    unsteady,
)
from layergen.gate.probe import answer, called, drawn, grows, leaves, probe_of

__all__ = ["check"]

# Where the derived function was right at the sample that it was derived at.
REASONS = {
    Change.NOTHING: None,
    Change.SIZES: Reason.FAILED_SIZES,
    Change.BROADCAST: Reason.FAILED_BROADCAST,
    Change.NUMBERS: Reason.FAILED_SCALARS,
}

# Numbers at which formulas part: of another sign, whole, zero, without end.
FAR: tuple[Callable[[float], float], ...] = (
    lambda value: -value,
    lambda value: 0.0,
    lambda value: 1.0,
    lambda value: round(value) + 1.0 if math.isfinite(value) else 2.0,
    lambda value: math.inf,
)


def check(claim: Claim) -> tuple[str, ...]:
    """Compare values and gradients along a random cotangent."""
    refuse_without_answer(claim)
    notes = []
    for sample in claim.samples:
        probe = probe_of(claim, sample)
        if not hold(claim, probe, REASONS[sample.change]):
            notes.append(f"{claim.name}: torch's own gradient fails at {sample.note}.")
    check_numbers(claim)
    for sample in claim.kinds():
        check_marks(claim, sample)
        check_outputs_alone(claim, sample)
        check_silent(claim, sample)
    return tuple(notes)


def check_numbers(claim: Claim) -> None:
    """Compare at numbers far from the example's, wherever the forward's answer is finite."""
    first = claim.samples[0]
    for at, value in enumerate(first.args):
        if not isinstance(value, float):
            continue
        for other in dict.fromkeys(each(value) for each in FAR):
            args = (*first.args[:at], other, *first.args[at + 1 :])
            where = f"{claim.names[at]}={other:g}"
            check_number(claim, replace(first, args=args, note=where))


def check_number(claim: Claim, sample: Sample) -> None:
    """Compare at one sample; the derived function may say that it does not hold there."""
    probe = probe_of(claim, sample)
    want = answer_of_plain(claim, probe)
    if want is None:
        return
    try:
        got = answer(claim.derived, probe)
    except ValueError:
        return
    mine, theirs = (*got.outputs, *got.gradients), (*want.outputs, *want.gradients)
    for own, other in zip(mine, theirs, strict=True):
        if text := difference(own, other, tolerance_of(claim), finite=True):
            raise refusal(claim, probe, Reason.SCALAR_SPECIALISED, text)


def refuse_without_answer(claim: Claim) -> None:
    """Refuse a forward that has no gradient at the first sample, or another one each time."""
    probe = probe_of(claim, claim.samples[0])
    try:
        want = answer(claim.plain, probe)
    except RuntimeError as error:  # "linalg_eig_backward: ... it is ill-defined"
        if "modified by an inplace operation" in str(error):
            raise refusal(claim, probe, Reason.LOST_IN_PLACE, "") from error
        raise refusal(claim, probe, Reason.NO_DERIVATIVE, str(error)) from error
    if text := unsteady(claim, probe, want):
        raise refusal(claim, probe, Reason.NOT_DETERMINISTIC, text)


def check_marks(claim: Claim, sample: Sample) -> None:
    """Compare which outputs a gradient can be asked of: of indices, say, none."""
    probe = probe_of(claim, sample)
    args = leaves(probe.args, probe.wanted)
    wanted = [grows(each) for each in called(claim.plain, args)]
    found = [grows(each) for each in called(claim.derived, args)]
    for at, (mine, theirs) in enumerate(zip(found, wanted, strict=True)):
        if mine != theirs:
            words = "has a gradient" if mine else "has no gradient"
            text = f"output {at} {words}, unlike the forward's"
            raise refusal(claim, probe, Reason.FAILED_GRADIENTS, text)


def check_outputs_alone(claim: Claim, sample: Sample) -> None:
    """Differentiate one output of several: the others' cotangents are absent."""
    probe = probe_of(claim, sample)
    count = len(answer(claim.plain, probe).outputs)
    for at in range(count if count > 1 else 0):
        where = f"{sample.note}, for output {at} alone"
        alone = replace(probe, where=where, cotangent=only(at))
        hold(claim, alone)


def check_silent(claim: Claim, sample: Sample) -> None:
    """Refuse a gradient that was not found, unless the forward's is 0."""
    silent = tuple(at for at in claim.silent if is_floating(sample.args[at]))
    probe = replace(probe_of(claim, sample), wanted=silent)
    want = answer_of_plain(claim, probe) if silent else None
    for at, gradient in zip(silent, want.gradients if want else (), strict=False):
        if bool(gradient.nan_to_num().any()):
            text = f"{claim.names[at]} has no gradient, and the forward's is not 0"
            raise refusal(claim, probe, Reason.FAILED_GRADIENTS, text)


def only(position: int) -> Callable[[int, Tensor], Tensor | None]:
    """Make cotangents for one output."""
    return lambda at, output: drawn(at, output) if at == position else None
