"""Watch one forward at work: what it takes, what comes out, and what a gradient reaches."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.adapter import is_single
from layergen.autodiff.call import Answer, as_tuple, is_leaf
from layergen.autodiff.effects import (
    compiles_whole,
    differentiates_twice,
    draws_random,
    dtypes_of,
    gradient_is_derivative,
    scales_of,
    vmaps,
)
from layergen.autodiff.purity import check_pure
from layergen.autodiff.refusal import Reason, refused
from layergen.autodiff.returns import check_returns, inferred
from layergen.autodiff.subject import Subject
from layergen.errors import BadRequest, CannotDerive
from layergen.ir.trial import Trial
from layergen.spec.inputs import Example
from layergen.spec.model import ArgumentType, Kind, Shape

__all__ = ["observed"]

MAY_FAIL = frozenset(  # ids of examples that a right forward need not take
    {"row", "column", "scalar", "empty", "cube", "no_lead", "two_leads"}
)


def observed(
    subject: Subject,
    chosen: tuple[Example, ...],
    *,
    returns: tuple[Shape, ...],
    made: Kind,
) -> Trial:
    """Run a forward on the examples, of which the first must run, and gather what that shows.

    Of what is made, only layers may draw random numbers; `returns` was declared, or ().
    """
    first = chosen[0]
    is_layer = made is Kind.LAYER
    forward = subject.call(first).function
    check_pure(forward, subject.inputs(first), subject.place, may_keep=is_layer)
    subject = on_finite_inputs(subject, chosen)
    kept = tuple(each for each in chosen if runs(subject, each))
    check_outputs(subject, kept, made)
    check_returns(subject, kept, returns)
    inputs = subject.inputs(first)
    random = draws_random(subject, first, not is_layer)
    answer = subject.answer(first)
    single = is_single(subject.call(first).function, inputs)
    return Trial(
        examples=kept,
        differentiable=reached(subject, kept),
        below=tuple(index_below(subject, each) for each in kept if has_index(subject)),
        dtypes=dtypes_of(subject, first),
        positive=subject.positive,
        outputs=len(answer.outputs),
        scalar=is_scalar(answer, inputs),
        random=random,
        gradchecks=gradient_is_derivative(subject, first, single),
        gradgradchecks=differentiates_twice(subject, first),
        vmaps=is_layer or vmaps(subject.call(first), inputs),
        single=single,
        scales=() if is_layer else scales_of(subject, first),
        compiles=compiles_whole(subject, first),
        returns=returns or inferred(subject, kept),
    )


def on_finite_inputs(subject: Subject, chosen: Sequence[Example]) -> Subject:
    """Choose inputs on which the forward and its gradient are finite, in every case to test."""
    on_positive = replace(subject, positive=True)
    try:
        if all_finite(subject, chosen):
            return subject
    except BadRequest as failure:  # as binary_cross_entropy does outside of (0, 1)
        try:
            on_positive.answer(chosen[0])
        except Exception:
            raise failure from failure.__cause__
    if all_finite(on_positive, chosen):
        return on_positive
    raise BadRequest(
        "the forward or its gradient is not finite, neither on normal inputs nor on ones "
        "between 0.1 and 0.9",
        place=subject.place,
        instead="Put a function example_inputs() beside it that returns inputs it takes.",
    )


def all_finite(subject: Subject, chosen: Sequence[Example]) -> bool:
    """Tell whether every example that must run gives numbers."""
    return all(subject.answer_or_why(e).is_finite() for e in chosen if must_run(e))


def must_run(example: Example) -> bool:
    """Tell whether an example stands for the rest."""
    return example.id not in MAY_FAIL and not example.id.startswith("without_")


def runs(subject: Subject, example: Example) -> bool:
    """Tell whether the forward takes an example; one that stands for the rest must run."""
    if must_run(example):
        subject.answer_or_why(example)
        return True
    try:
        return subject.answer(example).is_finite()
    except BadRequest:
        raise
    except Exception:
        return False  # this forward does not broadcast, or takes no empty input


def reached(subject: Subject, kept: Sequence[Example]) -> tuple[str, ...]:
    """List the inputs that a gradient reaches in some example; every parameter must be."""
    got: dict[str, None] = {}
    for example in kept:
        pairs = zip(subject.tensors, subject.inputs(example), strict=True)
        names = [each.name for each, value in pairs if is_leaf(value)]
        names += [name for name, _ in subject.call(example).parameters]
        gradients = zip(names, subject.answer(example).gradients, strict=True)
        got |= dict.fromkeys(name for name, each in gradients if each is not None)
    for name, _ in subject.call(kept[0]).parameters:
        if name not in got:
            raise CannotDerive(
                f"no gradient reaches the parameter {name!r}: it would never learn",
                place=subject.place,
                instead="Use it where the result is differentiable, or make it a --buffer.",
                reason=Reason.PARAMETER_WITHOUT_GRADIENT.spelled,
            )
    if all(each.type is ArgumentType.INDEX for each in subject.tensors) and not got:
        raise refused(Reason.NO_DIFFERENTIABLE_INPUT, place=subject.place)
    found = tuple(each.name for each in subject.tensors if each.name in got)
    if not found and not subject.call(kept[0]).parameters:
        names = [each.name for each in subject.tensors]
        raise CannotDerive(
            f"no gradient reaches {', '.join(names) or 'any input'} through this forward",
            place=subject.place,
            instead=Reason.NO_GRADIENT_PATH.value.instead,
            reason=Reason.NO_GRADIENT_PATH.spelled,
        )
    return found


def check_outputs(subject: Subject, kept: Sequence[Example], made: Kind) -> None:
    """Refuse outputs that no backward can be written for."""
    for example in kept:
        inputs = subject.inputs(example)
        outputs = as_tuple(subject.call(example).function(*inputs))
        for each in outputs:
            refuse_output(subject, each, inputs if made is not Kind.LAYER else ())
        if made is Kind.LOSS and len(outputs) > 1:
            raise CannotDerive(
                f"the forward returns {len(outputs)} tensors, and a loss is one",
                place=subject.place,
                instead="Return the losses, one for each element or sample, or their sum.",
                reason=Reason.OUTPUT_TYPE.spelled,
            )


def refuse_output(subject: Subject, output: Tensor, inputs: Sequence[Any]) -> None:
    """Refuse an output without a gradient of its own."""
    if not output.is_floating_point():
        raise CannotDerive(
            f"the forward returns a tensor of {output.dtype}, which has no gradient",
            place=subject.place,
            instead="Return floating tensors only; compute the rest in a function of its own.",
            reason=Reason.OUTPUT_WITHOUT_GRADIENT.spelled,
        )
    for argument, value in zip(subject.tensors, inputs, strict=False):
        if output is value:
            raise CannotDerive(
                f"the forward returns {argument.name} itself",
                place=subject.place,
                instead=f"Return a tensor of its own: {argument.name}.clone().",
                reason=Reason.OUTPUT_IS_INPUT.spelled,
            )


def has_index(subject: Subject) -> bool:
    """Tell whether an argument is a tensor of integers."""
    return any(each.type is ArgumentType.INDEX for each in subject.tensors)


def index_below(subject: Subject, example: Example) -> int:
    """Find how large an index may be: the largest size in the example that the forward takes."""
    indices = {e.name for e in subject.tensors if e.type is ArgumentType.INDEX}
    sizes = {
        size for name, shape in example.shapes if name not in indices for size in shape
    }
    sizes |= {value for _, value in example.values if isinstance(value, int)}
    for size in sorted(sizes, reverse=True) if indices else ():
        pairs = zip(subject.tensors, subject.inputs(example), strict=True)
        inputs = [
            torch.full_like(value, size - 1) if each.name in indices else value
            for each, value in pairs
        ]
        if size > 2 and succeeds(subject, example, inputs):
            return size
    return 2


def succeeds(subject: Subject, example: Example, inputs: Sequence[Any]) -> bool:
    """Tell whether a forward takes these inputs."""
    try:
        subject.call(example).function(*inputs)
    except Exception:
        return False  # an index out of range
    return True


def is_scalar(answer: Answer, inputs: Sequence[Any]) -> bool:
    """Tell whether a scalar comes out though the inputs were none."""
    [first, *rest] = answer.outputs
    given = [each for each in inputs if isinstance(each, Tensor)]
    return not rest and first.dim() == 0 and any(each.dim() for each in given)
