"""Measures a component's derived backward beside plain autograd's: what both keep, and their time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.adapter import default_dtype
from layergen.autodiff.draw import changed, drawn, taken
from layergen.check.kept import Run, kept_bytes, kept_terms
from layergen.check.known import declared
from layergen.check.steps import lasting, seconds, shapes_of
from layergen.emit.kept import kept_of
from layergen.emit.source import SourceFile
from layergen.gate.apart import apart
from layergen.gate.in_memory import imported
from layergen.ir.cost import Cost, Side, Term
from layergen.ir.trial import Trial, Trials
from layergen.spec.enlarged import FACTOR, enlarged
from layergen.spec.inputs import Example
from layergen.spec.model import Argument, LossSpec, OpSpec, Spec

__all__ = ["measured"]

LONG = 1e-3  # seconds of a step in which the arithmetic outweighs the call
PARTIAL = ("without_", "empty", "scalar")  # examples that show less than the first

Pair = tuple[Run, Run]


@apart()
@default_dtype(torch.float32)
def measured(spec: Spec, trials: Trials, files: Sequence[SourceFile]) -> Cost:
    """Measure the derived function of a component, and the user's own forward.

    Args:
        spec: of an op or a loss whose backward is derived.
        trials: the examples that its forward takes.
        files: the component's sources.
    """
    made, trial = spec.op or spec.loss, trials.op or trials.loss
    assert made is not None
    assert trial is not None
    with imported(files) as package:
        home = import_module(f"{package}.{'op' if spec.op else 'loss'}")
        reference = import_module(f"{package}.tests.reference")
        derived = getattr(home, made.name)
        if isinstance(made, LossSpec) and not trial.scalar:
            derived = partial(derived, reduction="none")
        plain = getattr(reference, made.forward.name)
        own = reference.example_inputs if made.forward.example_inputs else None
        found = cost(Contest(made, trial, derived, plain, own))
    return replace(
        found, derived=replace(found.derived, names=names(spec.name, made, trial))
    )


def names(component: str, made: OpSpec | LossSpec, trial: Trial) -> tuple[str, ...]:
    """Name what backward is kept for, in any setting of the flags."""
    found = (kept_of(component, made.arguments, each) for each in trial.derived)
    return tuple(dict.fromkeys(kept.name for each in found for kept in each))


@dataclass(frozen=True, slots=True)
class Contest:
    """A derived function and its plain forward, which take the same arguments by name.

    Attributes:
        own_inputs: the user's example_inputs(), where there is one.
    """

    made: OpSpec | LossSpec
    trial: Trial
    derived: Callable[..., Any]
    plain: Callable[..., Any]
    own_inputs: Callable[[], Any] | None

    @property
    def tensors(self) -> list[Argument]:
        """The tensors among the arguments."""
        return [each for each in self.made.arguments if each.type.is_tensor]

    @property
    def dtype(self) -> str:
        """The dtype that most people train in, where the forward runs in it."""
        dtypes = self.trial.dtypes
        return "float32" if "float32" in dtypes else dtypes[0]

    def pair(self, example: Example) -> Pair:
        """Make both sides of an example, each with tensors of its own."""
        values = dict(example.values)

        def run(function: Callable[..., Any]) -> Run:
            return Run(lambda *given: function(**named(given)), self.inputs(example))

        def named(given: Sequence[Any]) -> dict[str, Any]:
            left = iter(given)
            return {
                each.name: next(left) if each.type.is_tensor else values[each.name]
                for each in self.made.arguments
            }

        return run(self.derived), run(self.plain)

    def inputs(self, example: Example) -> list[Any]:
        """Draw the tensors; those that no gradient reaches want none."""
        dtype = getattr(torch, self.dtype)
        if self.own_inputs is not None:
            found = changed(taken(self.own_inputs), dtype)
        else:
            positive = self.trial.positive
            found = drawn(self.tensors, example, positive=positive, dtype=dtype)
        return [
            (
                each.detach()
                if isinstance(each, Tensor)
                and argument.name not in self.trial.differentiable
                else each
            )
            for argument, each in zip(self.tensors, found, strict=True)
        ]


def cost(contest: Contest) -> Cost:
    """Measure both sides."""
    timed = at_length(contest)
    times = seconds(*timed)
    derived, plain = (
        Side(terms(contest, side), kept_bytes(timed[side]), times[side])
        for side in (0, 1)
    )
    tensors = [each.name for each in contest.tensors]
    shapes = shapes_of(tensors, timed[0].inputs)
    return Cost(derived, plain, contest.dtype, shapes)


def terms(contest: Contest, side: int) -> tuple[Term, ...]:
    """Say what one side keeps as a function of the sizes, by two examples."""
    if contest.own_inputs is not None:
        return ()  # nobody named their sizes
    first, *others = contest.trial.examples
    twice = enlarged(contest.made.arguments, contest.made.cases, factor=2)
    choices = (*others, twice)
    second = next(each for each in choices if not each.id.startswith(PARTIAL))
    try:
        return kept_terms(
            [
                (contest.pair(each)[side], declared(contest.tensors, each))
                for each in (first, second)
            ]
        )
    except Exception:
        return ()  # nobody promised that the forward takes these sizes


def at_length(contest: Contest) -> Pair:
    """Take the smallest inputs on which the arithmetic outweighs the call, or the largest."""
    found = contest.pair(contest.trial.examples[0])
    made = contest.made
    factor = 1
    while contest.own_inputs is None and factor <= FACTOR:
        try:
            pair = contest.pair(enlarged(made.arguments, made.cases, factor=factor))
            lasts = max(min(lasting(side), lasting(side)) for side in pair)
        except Exception:
            break  # nobody promised that the forward takes these sizes
        found, factor = pair, 2 * factor
        if lasts > LONG:
            break
    return found
