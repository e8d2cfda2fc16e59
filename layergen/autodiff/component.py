"""Derive the backward of a component's op and loss, for every setting of their flags."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import wraps
from typing import Any

from layergen.autodiff.derive import derived
from layergen.autodiff.draw import drawn
from layergen.autodiff.refusal import Reason, refused
from layergen.autodiff.settings import (
    at_the_setting,
    broadest,
    is_at,
    settings,
    settled,
)
from layergen.autodiff.stand_in import own_inputs, run_text
from layergen.errors import Place
from layergen.ir.gradients import Condition, Gradients
from layergen.ir.trial import Only, Trial, Trials
from layergen.spec.last_return import last_return
from layergen.spec.model import (
    Argument,
    ArgumentType,
    Forward,
    LossSpec,
    OpSpec,
    Recompute,
    Spec,
)

__all__ = ["with_derivatives"]


def with_derivatives(spec: Spec, trials: Trials) -> Trials:
    """Derive what a component's Function needs.

    Raises:
        CannotDerive: With the reason and the user's line.
    """
    op, loss = trials.op, trials.loss
    if spec.op and op:
        op = with_gradients(spec.op, op, spec.recompute)
    if spec.loss and loss:
        loss = with_gradients(spec.loss, loss, spec.recompute)
    return replace(trials, op=op, loss=loss)


def with_gradients(
    made: OpSpec | LossSpec, trial: Trial, recompute: Recompute
) -> Trial:
    """Derive one function at each setting."""
    words = of_type(made, ArgumentType.STR)
    found, gradients = at_settings(made, trial, words, recompute)
    # a dimension, as of x.amax(dim), is as good as a word
    looked_at = {number.argument for each in gradients for number in each.looked_at}
    if integers := looked_at & of_type(made, ArgumentType.INT):
        words |= integers
        found, gradients = at_settings(made, trial, words, recompute)
    for each in gradients:
        check_numbers(made, each, words)
    if any(each.ways_back for each in gradients) and not agree(made.forward, gradients):
        _, gradients = at_settings(made, trial, words, recompute, ways_back=False)
    if not agree(made.forward, gradients):
        _, gradients = at_settings(made, trial, words, Recompute.ALL)
    only = tuple(derived_at(made, words, found))
    return covered(replace(trial, derived=tuple(gradients), only=only))


def covered(trial: Trial) -> Trial:
    """Add an example for each setting that has none: backward may branch there."""
    base = broadest(trial.examples)
    at = trial.examples.index(base)
    for each in trial.derived:
        if not any(is_at(example, each.setting) for example in trial.examples):
            trial = replace(
                trial,
                examples=(*trial.examples, at_the_setting(base, each.setting)),
                below=(*trial.below, *trial.below[at : at + 1]),
            )
    return trial


def of_type(made: OpSpec | LossSpec, type: ArgumentType) -> frozenset[str]:
    """List the arguments of a type."""
    return frozenset(each.name for each in made.arguments if each.type is type)


def at_settings(
    made: OpSpec | LossSpec,
    trial: Trial,
    words: frozenset[str],
    recompute: Recompute,
    *,
    ways_back: bool = True,
) -> tuple[list[list[Any]], list[Gradients]]:
    """Derive one function at each setting."""
    place = locator(made.forward)(0)
    found = settings(made, trial, by_position(made), words, place)
    assert found, "a forward runs at the arguments that its trial ran at"
    return found, [
        at_setting(made, trial, each, words, recompute, ways_back=ways_back)
        for each in found
    ]


def derived_at(
    made: OpSpec | LossSpec,
    words: Collection[str],
    settings: Sequence[Sequence[Any]],
) -> Iterator[Only]:
    """List the words that were derived at: the forward may take others, of other formulas."""
    for at, argument in enumerate(made.arguments):
        if argument.name in words:
            values = dict.fromkeys(each[at] for each in settings)
            yield Only(argument.name, tuple(values))


def by_position(made: OpSpec | LossSpec) -> Callable[..., Any]:
    """Take all arguments of a forward by position, keyword-only ones too."""
    forward = run_text(made.forward, {})
    names = [each.name for each in made.arguments]

    @wraps(forward)
    def function(*values: Any) -> Any:
        return forward(**dict(zip(names, values, strict=True)))

    return function


def at_setting(
    made: OpSpec | LossSpec,
    trial: Trial,
    values: Sequence[Any],
    words: frozenset[str],
    recompute: Recompute,
    *,
    ways_back: bool = True,
) -> Gradients:
    """Derive a function at one setting of its flags."""
    names = [each.name for each in made.arguments]
    found = derived(
        by_position(made),
        values,
        names=names,
        wanted=[at for at, name in enumerate(names) if name in trial.differentiable],
        broadcast=broadcast(made.arguments),
        recompute=recompute,
        locate=locator(made.forward),
        literal=words & of_type(made, ArgumentType.INT),
        others=list(others(made, trial, values)),
        all_others=True,
        ways_back=ways_back,
    )
    any_lead = any(each.shape.dims[:1] == ("...",) for each in made.arguments)
    return replace(
        found,
        setting=tuple(settled(made.arguments, values, words)),
        any_lead=any_lead,
        conditions=counted_from(any_lead, found.conditions),
        equalities=counted_from(any_lead, found.equalities),
    )


def counted_from(end: bool, conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """Count dimensions from the end, behind any others."""
    return tuple(each.from_end if end else each for each in conditions)


def others(
    made: OpSpec | LossSpec, trial: Trial, values: Sequence[Any]
) -> Iterator[tuple[Any, ...]]:
    """Draw the tensors of other examples, at the same setting."""
    for example in trial.examples if own_inputs(made.forward, {}) is None else ():
        given = iter(drawn(made.arguments, example, positive=trial.positive))
        args = [
            next(given) if argument.type.is_tensor else value
            for argument, value in zip(made.arguments, values, strict=True)
        ]
        if not any(
            each is None and value is not None
            for each, value in zip(args, values, strict=True)
        ):
            yield tuple(
                None if value is None else each
                for each, value in zip(args, values, strict=True)
            )


def broadcast(arguments: Sequence[Argument]) -> frozenset[str]:
    """List the arguments of any shape, where there are several: they broadcast together."""
    floating = (ArgumentType.TENSOR, ArgumentType.OPTIONAL_TENSOR)
    loose = [
        each.name
        for each in arguments
        if each.type in floating
        and each.shape.dims[:1] == ("...",)
        and len(each.shape.dims) == 1
    ]
    return frozenset(loose) if len(loose) > 1 else frozenset()


def check_numbers(
    made: OpSpec | LossSpec, found: Gradients, words: Collection[str]
) -> None:
    """Refuse a formula that holds for one value of a number that is no word."""
    locate = locator(made.forward)
    for each in found.looked_at:
        if each.argument in words:
            continue
        place = locate(each.line)
        raise refused(Reason.SCALAR_SPECIALISED, place=place, detail=each.argument)


def agree(forward: Forward, gradients: Sequence[Gradients]) -> bool:
    """Tell whether one forward can return what every setting's backward needs."""
    if len(gradients) == 1 or not any(each.kept for each in gradients):
        return True
    first = gradients[0]
    if last_return(forward.body) is None or not first.single:
        return False  # a printed one would hold for one setting
    return bool(first.returned_by) and all(
        set(each.returned_by) == set(first.returned_by)
        and len(each.kept) == len(each.returned_by)
        and with_way_back(each) == with_way_back(first)
        for each in gradients
    )


def with_way_back(found: Gradients) -> set[str]:
    """Name what is kept and has a gradient of its own."""
    each = zip(found.ways_back, found.returned_by, strict=False)
    return {name for way_back, name in each if way_back is not None}


def locator(forward: Forward) -> Callable[[int], Place | None]:
    """Find a line of the executed text in what the user wrote."""
    if forward.source == "--forward":
        return lambda line: Place("--forward", text=forward.expression)
    lines = forward.text.splitlines()
    heading = re.compile(rf"def\s+{re.escape(forward.name)}\b")
    starts = [at for at, each in enumerate(lines, 1) if heading.match(each)]
    start = starts[-1] if starts else 1

    def locate(line: int) -> Place | None:
        at = line if 0 < line <= len(lines) else start
        number = forward.first_line + at - start
        return Place(forward.source, number, text=lines[at - 1].strip())

    return locate
