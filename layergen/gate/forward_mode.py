"""Check forward mode: torch's standard error, or the right answer; never a silent zero."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.refusal import Reason
from layergen.gate.claim import Claim, is_floating
from layergen.gate.comparison import refusal
from layergen.gate.probe import Probe, answer, called, drawn, leaves, probe_of

__all__ = ["check"]

NEAR = 1e-6  # of float64's 16 digits: two sums of products in another order


def check(claim: Claim) -> tuple[str, ...]:
    """Push a tangent through the derived function, and compare with its backward.

    Where the forward's own forward mode is as far off, it is torch's affair: some of its
    formulas assume a symmetric input, or do not say that they are missing.
    """
    sample = claim.kinds()[0]
    probe = probe_of(claim, sample)
    if not probe.wanted:
        return ()
    pushed = pushed_forward(claim.derived, probe)
    if isinstance(pushed, float) and near(pushed, pulled_back(claim, probe)):
        return ()
    if isinstance(pushed, Exception) and is_standard(pushed):
        return ()
    if same(pushed, pushed_forward(claim.plain, probe)):
        return ()
    text = f"forward mode, which gives {pushed}, is not what backward gives"
    if isinstance(pushed, Exception):
        text = f"forward mode fails without torch's standard error: {pushed}"
    raise refusal(claim, probe, Reason.FAILED_GRADIENTS, text)


def is_standard(error: Exception) -> bool:
    """Tell whether it is what torch says of a Function without a jvp."""
    standard = isinstance(error, NotImplementedError | RuntimeError)
    return standard and ("jvp" in str(error) or "forward" in str(error))


def same(one: float | Exception, other: float | Exception) -> bool:
    """Tell whether two functions answer alike, be it by an error."""
    if isinstance(one, float) and isinstance(other, float):
        return near(one, other)
    return type(one) is type(other)


def near(one: float, other: float) -> bool:
    """Tell whether two sums of products are the same number."""
    both_nan = math.isnan(one) and math.isnan(other)
    return both_nan or abs(one - other) <= NEAR * max(1.0, abs(other))


def pushed_forward(function: Callable[..., Any], probe: Probe) -> float | Exception:
    """Move the inputs along a tangent, and weigh how the outputs move; or the error."""
    args = leaves(probe.args, ())
    primals = tuple(args[at] for at in probe.wanted)
    tangents = tuple(tangent(at, args[at]) for at in probe.wanted)

    def weighed(*tensors: Tensor) -> Tensor:
        given = list(args)
        for at, each in zip(probe.wanted, tensors, strict=True):
            given[at] = each
        outputs = enumerate(called(function, given))
        parts = [
            product(drawn(at, out), out) for at, out in outputs if is_floating(out)
        ]
        return torch.stack(parts).sum()

    try:
        return float(torch.func.jvp(weighed, primals, tangents)[1])
    except Exception as error:
        return error


def pulled_back(claim: Claim, probe: Probe) -> float:
    """Weigh the same by backward, which the other checks have judged."""
    gradients = answer(claim.derived, probe).gradients
    pairs = zip(probe.wanted, gradients, strict=True)
    return sum(float(product(tangent(at, each), each)) for at, each in pairs)


def tangent(at: int, tensor: Tensor) -> Tensor:
    """Draw the direction in which an argument moves."""
    return drawn(at + 200, tensor.detach())


def product(one: Tensor, other: Tensor) -> Tensor:
    """Multiply as vectors of real numbers."""
    found = one.conj() * other
    return found.real.sum() if found.is_complex() else found.sum()
