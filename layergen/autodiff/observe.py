"""Watch one forward at work: what it takes, what comes out, and what a gradient reaches."""

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from layergen.autodiff.adapter import looks_at_values
from layergen.autodiff.call import Answer, Call, CallOf, answered, is_leaf
from layergen.autodiff.draw import drawn
from layergen.autodiff.effects import check_effects, dtypes_of, vmaps
from layergen.autodiff.returns import check_returns, inferred
from layergen.errors import BadRequest, CannotDerive, Place
from layergen.ir.trial import Trial
from layergen.spec.inputs import Example
from layergen.spec.model import Argument, Forward, Shape

__all__ = ["observed"]

MAY_FAIL = frozenset(  # ids of examples that a right forward need not take
    {"row", "column", "scalar", "empty", "cube", "no_lead", "two_leads"}
)


def observed(
    forward: Forward,
    arguments: Sequence[Argument],
    chosen: tuple[Example, ...],
    call_of: CallOf,
    *,
    returns: tuple[Shape, ...],
    must_be_pure: bool,
) -> Trial:
    """Run a forward on the examples, and gather what that shows.

    Args:
        forward: whose text is named in errors.
        arguments: those that a call passes, tensors only looked at.
        chosen: the examples; the first must run.
        call_of: the function at an example's values.
        returns: the shapes that were declared, or ().
        must_be_pure: whether random numbers are refused.
    """
    place = Place(forward.source, forward.first_line or None)
    tensors = [each for each in arguments if each.type.is_tensor]
    first = chosen[0]
    positive = draws_positive(forward, tensors, first, call_of, place)
    kept = tuple(
        example
        for example in chosen
        if runs(forward, tensors, example, call_of, positive, place)
    )
    call = call_of(dict(first.values))
    inputs = drawn(tensors, first, positive=positive)
    random = check_effects(call, inputs, place, must_be_pure)
    answer = answered(call, inputs)
    differentiable = reached(tensors, inputs, answer, call, place)
    check_returns(tensors, kept, call_of, returns, positive, place)
    return Trial(
        examples=kept,
        differentiable=differentiable,
        dtypes=dtypes_of(call_of, first, inputs),
        positive=positive,
        outputs=len(answer.outputs),
        scalar=is_scalar(answer, inputs),
        random=random,
        vmaps=not must_be_pure or vmaps(call, inputs),
        compiles=not looks_at_values(call_of(dict(first.values)).function, inputs),
        returns=returns or inferred(tensors, kept, call_of, positive),
    )


def draws_positive(
    forward: Forward,
    tensors: Sequence[Argument],
    example: Example,
    call_of: CallOf,
    place: Place,
) -> bool:
    """Choose inputs on which the forward and its gradient are finite."""
    for positive in (False, True):
        inputs = drawn(tensors, example, positive=positive)
        answer = attempted(forward, tensors, example, call_of, inputs, place)
        if answer.is_finite():
            return positive
    raise BadRequest(
        "the forward or its gradient is not finite, neither on normal inputs nor on ones "
        "between 0.1 and 0.9",
        place=place,
        instead="Put a function example_inputs() beside it that returns inputs it takes.",
    )


def attempted(
    forward: Forward,
    tensors: Sequence[Argument],
    example: Example,
    call_of: CallOf,
    inputs: Sequence[Any],
    place: Place,
) -> Answer:
    """Run an example that must run; say what it was where it fails."""
    call = call_of(dict(example.values))
    try:
        return answered(call, inputs)
    except (BadRequest, CannotDerive):
        raise
    except Exception as error:
        told = [f"{name} {shape}" for name, shape in example.shapes]
        told += [f"{name}={value!r}" for name, value in example.values]
        reason = str(error).strip().splitlines() or [""]
        hint = next((f"--shape {each.name}=..." for each in tensors), "--case")
        raise BadRequest(
            f"{forward.name} fails on example inputs: {type(error).__name__}: {reason[0]}",
            place=place,
            instead=f"They were {', '.join(told)}. If these sizes can't be, give the shapes: {hint}",
        ) from error


def runs(
    forward: Forward,
    tensors: Sequence[Argument],
    example: Example,
    call_of: CallOf,
    positive: bool,
    place: Place,
) -> bool:
    """Tell whether the forward takes an example; one that stands for the rest must run."""
    inputs = drawn(tensors, example, positive=positive)
    if example.id not in MAY_FAIL and not example.id.startswith("without_"):
        attempted(forward, tensors, example, call_of, inputs, place)
        return True
    try:
        return answered(call_of(dict(example.values)), inputs).is_finite()
    except BadRequest:
        raise
    except Exception:
        return False  # this forward does not broadcast, or takes no empty input


def reached(
    tensors: Sequence[Argument],
    inputs: Sequence[Any],
    answer: Answer,
    call: Call,
    place: Place,
) -> tuple[str, ...]:
    """List the inputs that a gradient reaches; every parameter must be."""
    leaves = [
        each.name for each, value in zip(tensors, inputs, strict=True) if is_leaf(value)
    ]
    names = leaves + [name for name, _ in call.parameters]
    got = dict(zip(names, answer.gradients, strict=True))
    for name, _ in call.parameters:
        if got[name] is None:
            raise CannotDerive(
                f"no gradient reaches the parameter {name!r}: it would never learn",
                place=place,
                instead="Use it where the result is differentiable, or make it a --buffer.",
            )
    found = tuple(name for name in leaves if got[name] is not None)
    if not found:
        raise CannotDerive(
            f"no gradient reaches {', '.join(leaves) or 'any input'} through this forward",
            place=place,
            instead="A step such as argmax, sign or round has none; write it as a plain function.",
        )
    return found


def is_scalar(answer: Answer, inputs: Sequence[Any]) -> bool:
    """Tell whether a scalar comes out though the inputs were none."""
    [first, *rest] = answer.outputs
    given = [each for each in inputs if isinstance(each, Tensor)]
    return not rest and first.dim() == 0 and any(each.dim() for each in given)
