"""Samples that meet the conditions of a derivation, and those that it must refuse."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from layergen.autodiff.evaluate import holds
from layergen.autodiff.refusal import Reason, refused
from layergen.gate.claim import Claim, Sample
from layergen.gate.comparison import REFUSALS
from layergen.ir.gradients import Condition
from layergen.ir.trial import Only

__all__ = ["check", "other_values_may_raise", "samples_under"]

Forward = Callable[..., Any]


def samples_under(
    conditions: Sequence[Condition],
    names: Sequence[str],
    plain: Forward,
    draw: Callable[[Forward], tuple[Sample, ...]],
) -> tuple[tuple[Sample, ...], tuple[Sample, ...]]:
    """Draw samples under conditions, and others.

    Args:
        conditions: on the sizes.
        names: of the forward's arguments.
        plain: the forward, all arguments by position.
        draw: makes samples that a forward takes.

    Returns:
        Those that meet them, and those that break one, and that the forward takes all the same.
    """

    def meets(args: Sequence[Any]) -> bool:
        given = dict(zip(names, args, strict=True))
        return all(holds(each, given) for each in conditions)

    def under(*args: Any) -> Any:
        if not meets(args):
            raise ValueError("a condition is broken")
        return plain(*args)

    found = draw(plain)
    others = tuple(each for each in found if not meets(each.args))
    if others:
        found = tuple(each for each in draw(under) if meets(each.args))
    return found, others


def check(claim: Claim) -> tuple[str, ...]:
    """Refuse a derived function that takes what breaks its conditions."""
    for sample in claim.refused:
        # at another rank the dimension that is asked may be missing
        refusals = REFUSALS if sample.may_raise else ValueError
        try:
            claim.derived(*sample.args)
        except refusals:
            continue
        except Exception as error:
            text = f"{type(error).__name__} at {sample.note}, and no ValueError"
        else:
            text = f"{sample.note} is taken, and its gradient is none of the forward's"
        raise refused(Reason.FAILED_SIZES, place=claim.place, detail=text)
    return ()


def other_values_may_raise(
    only: Sequence[Only], names: Sequence[str], sample: Sample
) -> Sample:
    """Accept a ValueError where a sample has a value that the function refuses."""
    given = dict(zip(names, sample.args, strict=True))
    others = any(given[each.argument] not in each.values for each in only)
    return replace(sample, may_raise=sample.may_raise or others)
