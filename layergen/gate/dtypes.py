"""Check float32 and bfloat16: dtypes, and values as near the exact ones as the forward's own."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.adapter import default_dtype
from layergen.autodiff.refusal import Reason
from layergen.gate.claim import Claim, Sample, is_floating
from layergen.gate.comparison import (
    answer_of_derived,
    answer_of_plain,
    difference,
    refusal,
    refuse_faults,
)
from layergen.gate.probe import SEED, Answer, Probe, called, drawn, leaves, probe_of

__all__ = [
    "ROUNDINGS",
    "cast_to",
    "check",
    "draws",
    "exact_answer",
    "first_unlike",
]

DTYPES = (torch.float32, torch.bfloat16)
ROUNDINGS = 8  # that a computation may add up, as the generated tests allow
RANDOM_ROUNDINGS = (
    32  # where there is no exact answer to measure the forward's own error by
)
NEARBY = 8  # inputs one rounding away, where the first error allows too little
# Torch's kernels sum in a wider dtype (batch_norm on the CPU in float64): a digit better.
NEARBY_ERRORS = 8
COMPLEX = {torch.float32: torch.complex64}  # of the same precision; bfloat16 has none


def check(claim: Claim) -> tuple[str, ...]:
    """Compare in each dtype that the forward runs in, and in those of the example inputs."""
    random = draws(claim)
    notes = []
    for dtype in DTYPES:
        cast = partial(cast_to, dtype)
        if not all(
            compared(claim, each, cast, dtype, random) for each in claim.strict()
        ):
            name = str(dtype).removeprefix("torch.")
            notes.append(f"{claim.name}: not tried in {name}: the forward fails in it.")
    given = {each for each in claim.dtypes if each and each.is_floating_point}
    if len(given) > 1:
        coarsest = max(given, key=lambda each: torch.finfo(each).eps)
        for sample in claim.strict():
            compared(claim, sample, partial(as_given, claim), coarsest, random)
    return tuple(notes)


def compared(
    claim: Claim,
    sample: Sample,
    cast: Callable[[Probe], Probe | None],
    coarsest: torch.dtype,
    random: bool,
) -> bool:
    """Compare at one sample, and tell whether the forward runs there."""
    probe = cast(probe_of(claim, sample))
    same = narrow_answer(claim, probe) if probe else None
    if probe is None or same is None:
        return False
    exact = None if random else exact_answer(claim, sample, probe, same)
    roundings = RANDOM_ROUNDINGS if random else ROUNDINGS
    compare(claim, probe, same, exact or same, roundings * torch.finfo(coarsest).eps)
    return True


def as_given(claim: Claim, probe: Probe) -> Probe:
    """Round each tensor to the dtype that it was given in."""
    pairs = zip(probe.args, claim.dtypes, strict=True)
    args = tuple(
        each.to(dtype) if dtype and is_floating(each) else each for each, dtype in pairs
    )
    return replace(probe, args=args, where=f"{probe.where}, in the dtypes given")


def first_unlike(
    claim: Claim,
    probe: Probe,
    answers: tuple[Answer, Answer, Answer],
    rounding: float,
) -> str:
    """Word the first result that is further from the exact one than the forward's own, or "".

    Args:
        claim: whose forward is measured where its error is in question.
        probe: what was asked.
        answers: of the derived function, of the forward, and the exact one.
        rounding: relative, of a whole computation.
    """
    got, same, exact = answers
    names = [f"output {at}" for at in range(len(same.outputs))]
    names += [f"the gradient of {claim.names[at]}" for at in probe.wanted]
    triples = zip(results_of(got), results_of(same), results_of(exact), strict=True)
    nearby: list[float] = []
    for at, (mine, theirs, want) in enumerate(triples):
        text = unlike(mine, theirs, want, rounding, largest(exact))
        if text and is_floating(mine) and mine.dtype == theirs.dtype:
            nearby = nearby or errors_nearby(claim, probe, exact, rounding / ROUNDINGS)
            allowed = NEARBY_ERRORS * nearby[at] if nearby else 0.0
            text = "" if error_of(mine, want) <= allowed else text
        if text:
            return f"{names[at]} is {text}"
    return ""


def errors_nearby(claim: Claim, probe: Probe, exact: Answer, eps: float) -> list[float]:
    """Measure the forward's own error at inputs that are the same but for one rounding.

    At one input it may be small by chance; a computation is no worse than its problem as long
    as it is about as near as the answers for such inputs (Higham, section 1.6).
    """
    found: list[list[float]] = []
    for at in range(NEARBY):
        args = tuple(
            nudged(each, eps, at) if is_floating(each) else each for each in probe.args
        )
        near = narrow_answer(claim, replace(probe, args=args))
        if near is not None:
            pairs = zip(results_of(near), results_of(exact), strict=True)
            found.append([error_of(*pair) for pair in pairs])
    return [max(each) for each in zip(*found, strict=True)]


def nudged(tensor: Tensor, eps: float, at: int) -> Tensor:
    """Move each number by a rounding, up or down or not."""
    generator = torch.Generator().manual_seed(at)
    ways = torch.randint(-1, 2, tensor.shape, generator=generator)
    return tensor + tensor * ways.to(tensor.dtype) * eps


def error_of(mine: Any, exact: Any) -> float:
    """Measure how far a result is off, where both are finite."""
    if not is_floating(mine) or mine.shape != exact.shape:
        return 0.0
    off = mine.detach().to(exact.dtype) - exact.detach()
    return float(torch.linalg.vector_norm(off[off.isfinite()]))


def narrow_answer(claim: Claim, probe: Probe) -> Answer | None:
    """Ask the forward as its users do, where tensors without a dtype are float32."""
    with default_dtype(torch.float32):
        return answer_of_plain(claim, probe)


def draws(claim: Claim) -> bool:
    """Tell whether the forward draws random numbers, which are others in another dtype."""
    called(claim.plain, leaves(claim.samples[0].args, ()))
    after = torch.default_generator.get_state()
    torch.default_generator.manual_seed(SEED)
    return not torch.equal(after, torch.default_generator.get_state())


def cast_to(dtype: torch.dtype, probe: Probe) -> Probe | None:
    """Round the floating tensors; None where a complex one has no such dtype."""
    if dtype not in COMPLEX and any(
        isinstance(each, Tensor) and each.is_complex() for each in probe.args
    ):
        return None
    args = tuple(
        (
            each.to(COMPLEX[dtype] if each.is_complex() else dtype)
            if is_floating(each)
            else each
        )
        for each in probe.args
    )
    return replace(probe, args=args, where=f"{probe.where}, in {dtype}")


def exact_answer(
    claim: Claim, sample: Sample, probe: Probe, same: Answer
) -> Answer | None:
    """Ask the forward in float64, at the rounded inputs and along the rounded cotangents."""
    args = tuple(
        each.to(given.dtype) if isinstance(each, Tensor) else each
        for each, given in zip(probe.args, sample.args, strict=True)
    )
    wide = replace(probe, args=args, cotangent=rounded(same.outputs))
    return answer_of_plain(claim, wide)


def rounded(outputs: Sequence[Any]) -> Callable[[int, Tensor], Tensor]:
    """Make cotangents that were rounded to the outputs' dtypes."""
    return lambda at, output: drawn(at, outputs[at].detach()).to(output)


def compare(
    claim: Claim, probe: Probe, same: Answer, exact: Answer, rounding: float
) -> None:
    """Refuse another dtype, and an error beyond the forward's."""
    several = len(floating_dtypes(probe)) > 1
    reason = Reason.MIXED_DTYPES if several else Reason.FAILED_DTYPES
    with default_dtype(torch.float32):
        got = answer_of_derived(claim, probe, reason)
    if got is None:
        return
    if text := first_unlike(claim, probe, (got, same, exact), rounding):
        raise refusal(claim, probe, reason, text)
    if not several and not widens(probe, same):
        refuse_faults(claim, probe, got)


def results_of(answer: Answer) -> tuple[Any, ...]:
    """List all that was answered."""
    return (*answer.outputs, *answer.gradients)


def widens(probe: Probe, same: Answer) -> bool:
    """Tell whether the forward itself leaves the inputs' dtype: autograd then narrows gradients."""
    own = floating_dtypes(probe)
    return any(is_floating(each) and each.dtype not in own for each in same.outputs)


def floating_dtypes(probe: Probe) -> set[torch.dtype]:
    """List the dtypes of the tensors that have gradients."""
    return {each.dtype for each in probe.args if is_floating(each)}


def largest(answer: Answer) -> float:
    """Take the largest norm among outputs and gradients."""
    norms = [
        float(each.detach().abs().nan_to_num(0, 0, 0).norm())
        for each in results_of(answer)
        if is_floating(each)
    ]
    return max(norms, default=0.0)


CANCELS = 1e-9  # of the largest: a gradient below it is 0, and its digits are rounding


def unlike(mine: Any, same: Any, exact: Any, rounding: float, most: float = 0.0) -> str:
    """Word how a result differs, or "".

    The bound is that of the generated tests: twice the forward's own error, and a rounding of
    each step (Higham, Accuracy and Stability of Numerical Algorithms, ch. 3).
    """
    if not is_floating(same) or mine.dtype != same.dtype or mine.shape != same.shape:
        return difference(mine, same)
    kept = same.isfinite() & exact.isfinite()
    wide = torch.complex128 if exact.is_complex() else torch.float64
    mine, same, exact = (each.detach().to(wide)[kept] for each in (mine, same, exact))
    bound = 2 * torch.linalg.vector_norm(same - exact)
    norm = float(torch.linalg.vector_norm(exact))
    bound += rounding * (most if norm < CANCELS * most else norm)
    error = torch.linalg.vector_norm(mine - exact)
    if bool(error <= bound):
        return ""
    return (
        f"{float(error):.3g} off, and the forward's own error allows {float(bound):.3g}"
    )
