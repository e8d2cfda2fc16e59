"""What a function with a derived backward refuses before it computes."""

from ast import literal_eval
from collections.abc import Iterator

from layergen.emit import words
from layergen.emit.shape_checks import shape_check
from layergen.emit.size_checks import size_check
from layergen.emit.views import CheckView
from layergen.ir.gradients import Condition
from layergen.ir.trial import Only, Pinned, Trial, Trials
from layergen.spec.model import ANY_SHAPE, Argument, ArgumentType, Backward, Spec

__all__ = ["checks", "limits"]

OPTIONAL = ArgumentType.OPTIONAL_TENSOR
FEW = 2  # tensors that are asked one by one


def checks(
    backward: Backward, name: str, arguments: tuple[Argument, ...], trial: Trial
) -> tuple[CheckView, ...]:
    """List what a function refuses, where its gradient does not hold for all."""
    if backward is Backward.AUTOGRAD:
        return ()
    values = (value_check(name, each) for each in trial.only)
    found = (
        *values,
        of_constants(name, arguments, trial),
        of_dtypes(name, arguments, trial),
        of_shapes(name, arguments, trial),
        of_sizes(name, arguments, trial),
    )
    return tuple(each for each in found if each is not None)


def limits(spec: Spec, trials: Trials) -> Iterator[str]:
    """Tell of the shapes and values that alone a gradient holds for, though nobody said so."""
    for made, trial in ((spec.op, trials.op), (spec.loss, trials.loss)):
        if made is None or trial is None or not trial.derived:
            continue
        values = (value_check(made.name, each) for each in trial.only)
        for each in (*values, of_shapes(made.name, made.arguments, trial)):
            if each is not None:
                yield f"{literal_eval(each.message)}; it refuses others."


def of_sizes(
    name: str, arguments: tuple[Argument, ...], trial: Trial
) -> CheckView | None:
    """Refuse sizes that break a condition, under whatever setting of flags it was found."""
    conditions: list[Condition] = []
    for each in trial.derived:
        conditions += each.conditions
        conditions += [] if trial.pinned is Pinned.NOTHING else each.equalities
    return size_check(
        name,
        tuple(dict.fromkeys(conditions)),
        [each.name for each in arguments if each.type is OPTIONAL],
        {
            each.name: len(each.shape.dims) - 1
            for each in arguments
            if "..." in each.shape.dims
        },
    )


def value_check(name: str, only: Only) -> CheckView:
    """Refuse other values of a flag, a word or a number than those that hold."""
    values = [
        words.quoted(each) if isinstance(each, str) else repr(each)
        for each in only.values
    ]
    if len(values) > 1:
        other = f"{only.argument} not in {words.tuple_text(values)}"
    else:
        same = only.values[0] is None or isinstance(only.values[0], bool)
        other = f"{only.argument} {'is not' if same else '!='} {values[0]}"
    told = " or ".join(map(repr, only.values))
    message = f"{name} has its gradient for {only.argument}={told} alone"
    return CheckView(other, words.quoted(message))


def of_constants(
    name: str, arguments: tuple[Argument, ...], trial: Trial
) -> CheckView | None:
    """Refuse what wants a gradient where none is derived: it would get none, and no word."""
    found = [
        each
        for each in arguments
        if each.type is ArgumentType.FLOAT or each.name in trial.constants
    ]
    if not found:
        return None
    first, *more = [each.name for each in found]
    asked = f"{first}.requires_grad"
    if more:
        names = words.tuple_text([first, *more])
        there = "isinstance(each, Tensor) and each.requires_grad"
        asked = f"any({there} for each in {names})"
    elif found[0].type is OPTIONAL:
        asked = f"{first} is not None and {asked}"
    elif found[0].type is ArgumentType.FLOAT:
        asked = f"isinstance({first}, Tensor) and {asked}"
    names = words.joined([first, *more])
    message = f"{name} has no gradient for {names}: detach what requires one"
    return CheckView(asked, words.quoted(message))


def of_dtypes(
    name: str, arguments: tuple[Argument, ...], trial: Trial
) -> CheckView | None:
    """Refuse complex tensors, where conjugates would be missing."""
    real = {each for derived in trial.derived for each in derived.real}
    found = [each for each in arguments if each.name in real]
    if not found:
        return None
    own = [f"{each.name}.is_complex()" for each in found]
    if len(found) > FEW or any(each.type is OPTIONAL for each in found):
        there = "each is not None and " if OPTIONAL in {e.type for e in found} else ""
        names = words.tuple_text([each.name for each in found])
        own = [f"any({there}each.is_complex() for each in {names})"]
    message = f"{name} has its gradient for real tensors"
    return CheckView(" or ".join(own), words.quoted(message))


def of_shapes(
    name: str, arguments: tuple[Argument, ...], trial: Trial
) -> CheckView | None:
    """Refuse other shapes than those that hold."""
    if trial.pinned is Pinned.NOTHING:
        return None
    leads = {
        each.name: len(each.shape.dims) - 1
        for each in arguments
        if "..." in each.shape.dims
    }
    tensors = [each for each in arguments if each.type.is_tensor]
    loose = leads if any(each.shape != ANY_SHAPE for each in tensors) else {}
    optional = [each.name for each in arguments if each.type is OPTIONAL]
    return shape_check(name, trial.derived[0], trial.pinned, loose, optional)
