"""Check the second derivatives against autograd's own, in float64, at every sample."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.refusal import Reason
from layergen.gate.central import torch_is_wrong
from layergen.gate.claim import Claim
from layergen.gate.comparison import REFUSALS, difference, refusal, tolerance_of
from layergen.gate.probe import Probe, called, drawn, leaves, probe_of, reach

__all__ = ["check"]

TORCH_IS_WRONG = (
    "torch's own second derivative of the forward is wrong, by central differences; the "
    "derived one is right."
)


@dataclass(frozen=True, slots=True)
class Named:
    """A second derivative, and by what it was taken; None where nothing leads there."""

    name: str
    value: Tensor | None


def check(claim: Claim) -> tuple[str, ...]:
    """Compare the double backward: by the inputs, and by the cotangents.

    What torch has no second derivative of, or what promises none, may raise; if it answers
    all the same, gradgradcheck judges the answer.
    """
    notes: dict[str, None] = {}
    for sample in claim.samples:
        probe = probe_of(claim, sample)
        try:
            want = second(claim, claim.plain, probe)
        except Exception:
            continue  # "derivative for aten::... is not implemented"
        got = second_of_derived(claim, probe)
        for mine, theirs in zip(got, want, strict=False):
            if text := unlike(claim, mine.value, theirs.value):
                if torch_is_wrong(claim, sample):
                    notes[f"{claim.name}: {TORCH_IS_WRONG}"] = None
                    break
                told = f"the second derivative by {theirs.name} is {text}"
                raise refusal(claim, probe, Reason.FAILED_SECOND_ORDER, told)
    return tuple(notes)


def unlike(claim: Claim, mine: Tensor | None, theirs: Tensor | None) -> str:
    """Word how two second derivatives differ; one that is missing is zero.

    Behind a `once_differentiable` backward every one is missing, which torch.autograd.grad
    answers with an error.
    """
    if theirs is None:
        theirs = None if mine is None else torch.zeros_like(mine)
    elif mine is None and claim.twice:
        mine = torch.zeros_like(theirs)
    if mine is None or theirs is None:
        return ""
    return difference(mine, theirs, tolerance_of(claim))


def second_of_derived(claim: Claim, probe: Probe) -> list[Named]:
    """Differentiate the derived function twice; nothing where it may raise, and does."""
    try:
        return second(claim, claim.derived, probe)
    except Exception as error:
        may = probe.may_raise or not claim.twice
        if may and isinstance(error, REFUSALS):
            return []
        first = next(iter(str(error).strip().splitlines()), "")
        text = f"{type(error).__name__}: {first}"
        raise refusal(claim, probe, Reason.FAILED_SECOND_ORDER, text) from error


def second(claim: Claim, function: Callable[..., Any], probe: Probe) -> list[Named]:
    """Differentiate the gradients along random directions."""
    args = leaves(probe.args, probe.wanted)
    ends, cotangents = reach(called(function, args), probe)
    for each in cotangents:
        each.requires_grad_()
    by = [args[at] for at in probe.wanted]
    if not ends or not by:
        return []
    first = torch.autograd.grad(
        ends, by, cotangents, create_graph=True, materialize_grads=True
    )
    names = [claim.names[at] for at in probe.wanted]
    names += [f"the cotangent of output {at}" for at in range(len(cotangents))]
    again = differentiated_again(first, [*by, *cotangents])
    return [Named(name, each) for name, each in zip(names, again, strict=True)]


def differentiated_again(
    first: tuple[Tensor, ...], by: list[Tensor]
) -> list[Tensor | None]:
    """Differentiate gradients by what they were made of."""
    ends = [(at, each) for at, each in enumerate(first) if each.requires_grad]
    if not ends:
        return [None for _ in by]
    ways = [drawn(at + 100, each.detach()) for at, each in ends]
    found = torch.autograd.grad([each for _, each in ends], by, ways, allow_unused=True)
    return list(found)
