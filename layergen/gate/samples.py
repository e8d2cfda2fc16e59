"""The arguments that a derivation is tried on, from declared shapes or from example inputs."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.draw import drawn
from layergen.gate.apart import apart
from layergen.gate.claim import TINY, Change, Sample, shown
from layergen.gate.rebroadcast import rebroadcast
from layergen.gate.redraw import runs
from layergen.gate.resizing import resized, shrunk
from layergen.ir.trial import Trial
from layergen.spec.inputs import Example
from layergen.spec.model import Argument, ArgumentType

__all__ = ["change_in", "samples_from", "samples_of", "with_other_scalars"]

Forward = Callable[..., Any]

# Names of spec.inputs' examples; the rest are settings of the user's, or leave inputs out.
RESIZED = {"other_sizes", "empty"}
BROADCASTS = {"row", "column", "scalar", "cube", "no_lead", "two_leads", "two_trailing"}
INTEGERS = 3  # other values of one
BOTH = 32  # samples of other broadcasts and of other integers at once
SMALL = 0.01  # below it, three quarters of a number make no difference to see


@apart()
def samples_of(
    arguments: Sequence[Argument], trial: Trial, plain: Forward
) -> tuple[Sample, ...]:
    """Make the samples of an op or a loss: its examples, and other broadcasts of the first.

    Args:
        arguments: in the order of the forward's signature.
        trial: the examples that the forward takes.
        plain: the forward, all arguments by position.
    """
    names = tuple(each.name for each in arguments)
    found = []
    for at, example in enumerate(trial.examples):
        args = args_of(arguments, trial, at)
        found.append(Sample(args, shown(names, args), change_in(example)))
    return (*found, *beside(found[0], names, plain))


def change_in(example: Example) -> Change:
    """Tell how an example differs from the first."""
    if example.id in BROADCASTS:
        return Change.BROADCAST
    return Change.SIZES if example.id in RESIZED else Change.NOTHING


@apart()
def samples_from(
    args: Sequence[Any], plain: Forward, names: tuple[str, ...]
) -> tuple[Sample, ...]:
    """Make the samples of a forward that is known by example inputs alone.

    Args:
        args: what it was derived at; floating tensors in any dtype.
        plain: the forward, all arguments by position.
        names: of the arguments.
    """
    given = tuple(in_float64(each) for each in args)
    first = Sample(given, shown(names, given))
    sizes = [
        Sample(each, shown(names, each), Change.SIZES) for each in resized(given, plain)
    ]
    nearest = min((first, *sizes), key=lambda each: each.numel)
    return (first, *sizes, *beside(nearest, names, plain))


def beside(
    sample: Sample, names: tuple[str, ...], plain: Forward
) -> tuple[Sample, ...]:
    """Make the samples that differ in one thing: small, other numbers, other broadcasts."""
    small = shrunk(sample.args, plain, TINY)
    found = [] if small is None else [Sample(small, shown(names, small), Change.SIZES)]
    found += [
        each for each in with_other_scalars(sample, names) if runs(plain, each.args)
    ]
    found += [
        Sample(each, shown(names, each), Change.NUMBERS)
        for each in other_integers(sample.args, plain)
    ]
    shapes = rebroadcast(sample.args, plain)
    numbers = (args for each in shapes for args in other_integers(each, plain))
    found += [
        Sample(each, shown(names, each), Change.BROADCAST, may_raise=True)
        for each in (*shapes, *islice(numbers, BOTH))
    ]
    return tuple(found)


def with_other_scalars(sample: Sample, names: tuple[str, ...]) -> tuple[Sample, ...]:
    """Give every float another value: all at once, and each alone where there are several."""
    at = [i for i, each in enumerate(sample.args) if isinstance(each, float)]
    choices = [at, *([each] for each in at if len(at) > 1)]
    found = []
    for chosen in choices if at else []:
        args = tuple(
            another(each) if i in chosen else each for i, each in enumerate(sample.args)
        )
        found.append(
            replace(sample, args=args, note=shown(names, args), change=Change.NUMBERS)
        )
    return tuple(found)


def other_integers(args: Sequence[Any], plain: Forward) -> Iterator[tuple[Any, ...]]:
    """Give each integer a few other values that the forward takes: other dimensions, say."""
    for at, value in enumerate(args):
        near = integers(value) if type(value) is int else []
        tried = ((*args[:at], each, *args[at + 1 :]) for each in near)
        yield from islice((each for each in tried if runs(plain, each)), INTEGERS)


def integers(value: int) -> list[int]:
    """Choose other values of an integer: small ones, and its neighbours."""
    near = (value + 1, value - 1, 0, 1, -1, 2, -2, 3)
    return [each for each in dict.fromkeys(near) if each != value]


def another(value: float) -> float:
    """Choose a second value near the first: a probability stays one, so does an epsilon."""
    if not math.isfinite(value):
        return value
    if abs(value) < SMALL:
        return math.copysign(2 * SMALL, value) if value else 0.5
    return 0.75 * value


def args_of(
    arguments: Sequence[Argument], trial: Trial, position: int
) -> tuple[Any, ...]:
    """Draw the arguments of a trial's example."""
    example = trial.examples[position]
    tensors = [each for each in arguments if each.type.is_tensor]
    given = dict(
        zip(
            (each.name for each in tensors),
            drawn(tensors, example, positive=trial.positive),
            strict=True,
        )
    )
    given |= indices(tensors, example, trial.below[position] if trial.below else 2)
    values = dict(example.values)
    return tuple(
        detached(given[each.name]) if each.type.is_tensor else values[each.name]
        for each in arguments
    )


def indices(
    tensors: Sequence[Argument], example: Example, below: int
) -> dict[str, Tensor]:
    """Draw the index tensors over the whole range that they may have."""
    generator = torch.Generator().manual_seed(0)
    shapes = dict(example.shapes)
    return {
        each.name: torch.randint(below, shapes[each.name], generator=generator)
        for each in tensors
        if each.type is ArgumentType.INDEX and each.name in shapes
    }


def detached(value: Any) -> Any:
    """Take a tensor out of the graph."""
    return value.detach() if isinstance(value, Tensor) else value


def in_float64(value: Any) -> Any:
    """Take floating tensors to float64 on the CPU, others to the CPU."""
    if not isinstance(value, Tensor):
        return value
    wide = {True: torch.complex128, False: torch.float64}[value.is_complex()]
    exact = value.is_floating_point() or value.is_complex()
    return value.detach().to("cpu", wide if exact else value.dtype)
