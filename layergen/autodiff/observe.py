"""Watch one forward at work: what it takes, what comes out, and what a gradient reaches."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from torch import Tensor

from layergen.autodiff.adapter import looks_at_values
from layergen.autodiff.call import Answer, is_leaf
from layergen.autodiff.effects import (
    check_inputs_unchanged,
    draws_random,
    dtypes_of,
    vmaps,
)
from layergen.autodiff.returns import check_returns, inferred
from layergen.autodiff.subject import Subject
from layergen.errors import BadRequest, CannotDerive
from layergen.ir.trial import Trial
from layergen.spec.inputs import Example
from layergen.spec.model import Shape

__all__ = ["observed"]

MAY_FAIL = frozenset(  # ids of examples that a right forward need not take
    {"row", "column", "scalar", "empty", "cube", "no_lead", "two_leads"}
)


def observed(
    subject: Subject,
    chosen: tuple[Example, ...],
    *,
    returns: tuple[Shape, ...],
    must_be_pure: bool,
) -> Trial:
    """Run a forward on the examples, and gather what that shows.

    Args:
        subject: the forward.
        chosen: the examples; the first must run.
        returns: the shapes that were declared, or ().
        must_be_pure: whether random numbers are refused, and vmap is promised.
    """
    first = chosen[0]
    check_inputs_unchanged(subject, first)
    subject = on_finite_inputs(subject, first)
    kept = tuple(each for each in chosen if runs(subject, each))
    inputs = subject.inputs(first)
    random = draws_random(subject, first, must_be_pure)
    answer = subject.answer(first)
    check_returns(subject, kept, returns)
    return Trial(
        examples=kept,
        differentiable=reached(subject, inputs, answer, first),
        dtypes=dtypes_of(subject, first),
        positive=subject.positive,
        outputs=len(answer.outputs),
        scalar=is_scalar(answer, inputs),
        random=random,
        vmaps=not must_be_pure or vmaps(subject.call(first), inputs),
        compiles=not looks_at_values(subject.call(first).function, inputs),
        returns=returns or inferred(subject, kept),
    )


def on_finite_inputs(subject: Subject, first: Example) -> Subject:
    """Choose inputs on which the forward and its gradient are finite."""
    for positive in (False, True):
        chosen = replace(subject, positive=positive)
        if chosen.answer_or_why(first).is_finite():
            return chosen
    raise BadRequest(
        "the forward or its gradient is not finite, neither on normal inputs nor on ones "
        "between 0.1 and 0.9",
        place=subject.place,
        instead="Put a function example_inputs() beside it that returns inputs it takes.",
    )


def runs(subject: Subject, example: Example) -> bool:
    """Tell whether the forward takes an example; one that stands for the rest must run."""
    if example.id not in MAY_FAIL and not example.id.startswith("without_"):
        subject.answer_or_why(example)
        return True
    try:
        return subject.answer(example).is_finite()
    except BadRequest:
        raise
    except Exception:
        return False  # this forward does not broadcast, or takes no empty input


def reached(
    subject: Subject, inputs: Sequence[Any], answer: Answer, first: Example
) -> tuple[str, ...]:
    """List the inputs that a gradient reaches; every parameter must be."""
    pairs = zip(subject.tensors, inputs, strict=True)
    leaves = [each.name for each, value in pairs if is_leaf(value)]
    learning = [name for name, _ in subject.call(first).parameters]
    got = dict(zip(leaves + learning, answer.gradients, strict=True))
    for name in learning:
        if got[name] is None:
            raise CannotDerive(
                f"no gradient reaches the parameter {name!r}: it would never learn",
                place=subject.place,
                instead="Use it where the result is differentiable, or make it a --buffer.",
            )
    found = tuple(name for name in leaves if got[name] is not None)
    if not found:
        raise CannotDerive(
            f"no gradient reaches {', '.join(leaves) or 'any input'} through this forward",
            place=subject.place,
            instead="A step such as argmax, sign or round has none; write it as a plain function.",
        )
    return found


def is_scalar(answer: Answer, inputs: Sequence[Any]) -> bool:
    """Tell whether a scalar comes out though the inputs were none."""
    [first, *rest] = answer.outputs
    given = [each for each in inputs if isinstance(each, Tensor)]
    return not rest and first.dim() == 0 and any(each.dim() for each in given)
