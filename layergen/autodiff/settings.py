"""List the settings of flags, of words and of what may be None: each is a formula of its own."""

from ast import literal_eval
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice, product
from typing import Any

from torch import Tensor

from layergen.autodiff.draw import drawn, taken
from layergen.autodiff.refusal import Reason, refused
from layergen.autodiff.stand_in import own_inputs
from layergen.errors import Place
from layergen.ir.trial import Trial
from layergen.spec.inputs import Example
from layergen.spec.model import Argument, ArgumentType, LossSpec, OpSpec

__all__ = ["at_the_setting", "broadest", "is_at", "settings", "settled"]

MOST_SETTINGS = 32  # of flags; more are not a formula but a program


def settings(
    made: OpSpec | LossSpec,
    trial: Trial,
    function: Callable[..., Any],
    words: Collection[str],
    place: Place | None,
) -> list[list[Any]]:
    """List the arguments at every setting of flags and of what may be None, the fullest first."""
    example = broadest(trial.examples)
    source = own_inputs(made.forward, {})
    tensors = (
        drawn(made.arguments, example, positive=trial.positive)
        if source is None
        else taken(source)
    )
    given = iter(tensors)
    scalars = dict(example.values)
    base = [
        next(given) if each.type.is_tensor else scalars[each.name]
        for each in made.arguments
    ]
    choices = [
        list(choices_of(argument, value, trial, words))
        for argument, value in zip(made.arguments, base, strict=True)
    ]
    found = list(islice(product(*choices), MOST_SETTINGS + 1))
    if len(found) > MOST_SETTINGS:
        raise refused(Reason.TOO_MANY_SETTINGS, place=place)
    return [list(each) for each in found if runs(function, each)]


def broadest(examples: Sequence[Example]) -> Example:
    """Take the example with two leading dimensions, where "..." stands for any number of them."""
    found = [each for each in examples if each.id == "two_leads"]
    return (found or list(examples))[0]


def choices_of(
    argument: Argument, value: Any, trial: Trial, words: Collection[str]
) -> Iterator[Any]:
    """List the values of an argument that a forward may branch on."""
    yield value
    if argument.type is ArgumentType.OPTIONAL_TENSOR and value is not None:
        yield None
    if argument.type is ArgumentType.BOOL:
        yield not value
    if argument.name in words:
        others = [dict(each.values).get(argument.name) for each in trial.examples]
        others.append(default_of(argument))
        yield from dict.fromkeys(each for each in others if each not in (None, value))


def default_of(argument: Argument) -> Any:
    """Read a default, which is written as Python has it."""
    return None if argument.default is None else literal_eval(argument.default)


def runs(function: Callable[..., Any], values: Sequence[Any]) -> bool:
    """Tell whether the forward takes these arguments."""
    try:
        function(
            *(each.clone() if isinstance(each, Tensor) else each for each in values)
        )
    except Exception:
        return False
    return True


def settled(
    arguments: Sequence[Argument], values: Sequence[Any], words: Collection[str]
) -> Iterator[tuple[str, Any]]:
    """Say which flags and None an answer holds for."""
    for argument, value in zip(arguments, values, strict=True):
        if argument.type is ArgumentType.OPTIONAL_TENSOR:
            yield argument.name, value is not None
        elif argument.type is ArgumentType.BOOL or argument.name in words:
            yield argument.name, value


def is_at(example: Example, setting: Sequence[tuple[str, Any]]) -> bool:
    """Tell whether an example has the flags, the words and the tensors of a setting."""
    values, shapes = dict(example.values), dict(example.shapes)
    return all(
        values[name] == value if name in values else (name in shapes) == value
        for name, value in setting
    )


def at_the_setting(example: Example, setting: Sequence[tuple[str, Any]]) -> Example:
    """Change an example to a setting."""
    told = dict(setting)
    without = {name for name, _ in example.shapes if told.get(name) is False}
    values = tuple((name, told.get(name, value)) for name, value in example.values)
    changed = [f"without_{name}" for name in sorted(without)]
    changed += [
        f"{name}_{value}".replace("-", "minus_").replace(".", "_")
        for (name, value), old in zip(values, example.values, strict=True)
        if value != old[1]
    ]
    shapes = tuple(each for each in example.shapes if each[0] not in without)
    return Example("_".join(changed), shapes, values)
