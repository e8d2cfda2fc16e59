"""Check mixed precision: forward under autocast, backward after it, as in training."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch

from layergen.autodiff.adapter import default_dtype
from layergen.autodiff.refusal import Reason
from layergen.gate.claim import Claim
from layergen.gate.comparison import answer_of_derived, answer_of_plain, refusal
from layergen.gate.dtypes import (
    ROUNDINGS,
    cast_to,
    draws,
    exact_answer,
    first_unlike,
)
from layergen.gate.probe import probe_of

__all__ = ["check"]


def check(claim: Claim) -> tuple[str, ...]:
    """Compare at the sample that was derived at, where the forward runs under autocast."""
    sample = claim.samples[0]
    probe = cast_to(torch.float32, probe_of(claim, sample))
    if probe is None or draws(claim):
        return ()
    mixed = replace(
        claim, plain=under_autocast(claim.plain), derived=under_autocast(claim.derived)
    )
    probe = replace(probe, where=f"{probe.where}, under autocast")
    with default_dtype(torch.float32):
        same = answer_of_plain(mixed, probe)
    exact = exact_answer(claim, sample, probe, same) if same else None
    if same is None or exact is None:
        return ()
    with default_dtype(torch.float32):
        got = answer_of_derived(mixed, probe, Reason.FAILED_AUTOCAST)
    if got is None:
        return ()
    rounding = ROUNDINGS * torch.finfo(torch.bfloat16).eps
    if text := first_unlike(mixed, probe, (got, same, exact), rounding):
        raise refusal(claim, probe, Reason.FAILED_AUTOCAST, text)
    return ()


def under_autocast(function: Callable[..., Any]) -> Callable[..., Any]:
    """Run a function in mixed precision."""

    def run(*args: Any) -> Any:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return function(*args)

    return run
