"""`layergen.derive`: the deriver for functions and modules that live in Python."""

import linecache
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from types import ModuleType
from typing import Any

from torch import Tensor, nn

from layergen.autodiff.derive import derived
from layergen.autodiff.described import arguments_of, text_of
from layergen.autodiff.examined import examined
from layergen.autodiff.functional import Subject
from layergen.autodiff.refusal import Reason
from layergen.check.beside import measured_at
from layergen.check.saved import Saved, saved_of
from layergen.emit.cost import told
from layergen.emit.emit import emit_function
from layergen.emit.letters import in_letters
from layergen.emit.size_checks import stated
from layergen.errors import CannotDerive
from layergen.gate import derivation
from layergen.gate.claim import Change, Claim, Sample
from layergen.gate.conditions import other_values_may_raise, samples_under
from layergen.gate.samples import samples_from
from layergen.ir.cost import Cost
from layergen.ir.gradients import Gradients
from layergen.ir.trial import Only, Pinned, Trial
from layergen.spec.model import (
    Backward,
    OpSpec,
    Recompute,
    Spec,
)

NUMBERS = count()

__all__ = ["Derived", "Saved", "derive"]


@dataclass(frozen=True, slots=True)
class Derived:
    """A function with its derived backward.

    Attributes:
        source: a complete module that defines the function and its autograd.Function.
        function: the function, ready to call.
        saved: what is kept from forward to backward.
        notes: what the check of it wants to be known.
    """

    source: str
    function: Callable[..., Any]
    saved: tuple[Saved, ...]
    notes: tuple[str, ...]
    measure: Callable[[], Cost] = field(repr=False, compare=False)

    def cost(self) -> Cost:
        """Measure it beside plain autograd's, on the example inputs: bytes kept, and time."""
        return self.measure()

    def report(self) -> str:
        """Say what it costs, as the command line does, and what else is to be known."""
        return "\n".join((*told(self.cost()), *self.notes))


def derive(
    function: Callable[..., Any] | nn.Module,
    example_inputs: Sequence[Any],
    *,
    name: str | None = None,
    recompute: str = "cheap",
) -> Derived:
    """Derive the backward of a function of tensors.

    Args:
        function: a forward in plain PyTorch; the parameters and floating buffers of a module
            become arguments behind its inputs.
        example_inputs: one value for each argument; sizes of at least 2. It is differentiated
            by those that require grad, or, where none does, by every floating tensor.
        name: of the function; its own where not given.
        recompute: "none", "cheap" or "all": what backward computes again instead of keeping.

    Raises:
        CannotDerive: With the reason and, where it has one, the line.
        BadRequest: It can't be called on the inputs, or an argument's name is in the way.
    """
    subject = examined(function, example_inputs, name)
    samples = samples_from(subject.values, subject.function, subject.names)
    try:
        return derived_with(subject, samples, Recompute(recompute), ())
    except CannotDerive as error:
        numbers = at_fault(subject, error)
        if not numbers:
            raise
    return derived_with(subject, samples, Recompute(recompute), numbers)


def at_fault(subject: Subject, error: CannotDerive) -> list[str]:
    """List the numbers by whose names a formula may not hold: at no -1, say, or at no 0.0."""
    if error.reason == Reason.SCALAR_SPECIALISED.spelled:
        kinds: tuple[type, ...] = (int, float)
    elif error.reason.startswith("failed"):
        kinds = (int,)
    else:
        return []
    return [name for name, each in subject.given.items() if type(each) in kinds]


def derived_with(
    subject: Subject,
    samples: Sequence[Sample],
    recompute: Recompute,
    literal: Collection[str],
) -> Derived:
    """Derive and try it, with as few checks of shapes as will do."""
    sizes = [each.args for each in samples if each.change is Change.SIZES]
    gradients, only = at_values(subject, sizes, recompute, literal)
    for pinned in Pinned:
        try:
            return checked(subject, gradients, only, samples, pinned)
        except CannotDerive as error:
            if error.reason != Reason.FAILED_BROADCAST.spelled:
                raise
            failed = error
    # what no check of shapes can mend may be a branch of the user's, which has better words
    at_values(subject, [each.args for each in samples], recompute, literal)
    raise failed


def at_values(
    subject: Subject,
    others: Sequence[tuple[Any, ...]],
    recompute: Recompute,
    literal: Collection[str],
) -> tuple[Gradients, tuple[Only, ...]]:
    """Derive it, and say for which values of flags and numbers alone that holds."""

    def at(literal: Collection[str]) -> Gradients:
        return derived(
            subject.function,
            subject.values,
            names=subject.names,
            wanted=subject.wanted,
            recompute=recompute,
            literal=literal,
            others=others,
        )

    gradients = at(literal)
    fixed = {*literal, *(each.argument for each in gradients.looked_at)}
    given = subject.given
    only = tuple(
        Only(name, (value,))
        for name, value in given.items()
        if name in fixed or isinstance(value, bool | str | None)
    )
    # integers that are not carried by name are plain numbers already
    again = any(isinstance(given[each], float) for each in fixed)
    return (at(fixed) if again else gradients), only


def checked(
    subject: Subject,
    gradients: Gradients,
    only: Sequence[Only],
    samples: Sequence[Sample],
    pinned: Pinned,
) -> Derived:
    """Print, run and try it."""
    source = source_of(subject, gradients, only, pinned)
    made = executed(source, subject.name)
    found = [each is not None for each in gradients.gradients]
    samples, others = under_conditions(subject, gradients, samples)
    claim = Claim(
        subject.name,
        made,
        subject.function,
        tuple(other_values_may_raise(only, subject.names, each) for each in samples),
        subject.names,
        tuple(at for at, each in enumerate(found) if each),
        silent=tuple(at for at in subject.wanted if not found[at]),
        place=subject.place,
        refused=others,
        dtypes=tuple(getattr(each, "dtype", None) for each in subject.values),
    )
    notes = (*notes_on(subject, gradients), *derivation.verify(claim))
    saved = saved_of(subject, gradients)
    measure = partial(cost_of, subject, made, samples, saved)
    return Derived(source, made, saved, notes, measure)


def under_conditions(
    subject: Subject, gradients: Gradients, samples: Sequence[Sample]
) -> tuple[tuple[Sample, ...], tuple[Sample, ...]]:
    """Take samples that meet what a derivation asks of the sizes, and those that break it."""

    def draw(forward: Callable[..., Any]) -> tuple[Sample, ...]:
        if forward is subject.function:
            return tuple(samples)
        return samples_from(subject.values, forward, subject.names)

    return samples_under(gradients.conditions, subject.names, subject.function, draw)


def notes_on(subject: Subject, gradients: Gradients) -> tuple[str, ...]:
    """Say for which sizes alone it was derived."""
    if not gradients.conditions:
        return ()
    told = stated(gradients.conditions)
    return (f"{subject.name}: derived for {told}; it refuses other sizes.",)


def cost_of(
    subject: Subject,
    made: Callable[..., Any],
    samples: Sequence[Sample],
    saved: Sequence[Saved],
) -> Cost:
    """Measure both sides on the example inputs, and at other sizes to tell these apart."""
    others = [each.args for each in samples if each.change is Change.SIZES]
    return measured_at(
        (made, subject.function),
        subject.names,
        as_given(subject, subject.values),
        as_given(subject, max(others, key=distinct)) if others else (),
        tuple(each.name for each in saved),
    )


def as_given(subject: Subject, values: Sequence[Any]) -> list[Any]:
    """Take values to the dtypes of the example inputs, as leaves."""
    return [
        (
            each.detach().to(own.dtype, copy=True).requires_grad_(at in subject.wanted)
            if isinstance(each, Tensor)
            else each
        )
        for at, (each, own) in enumerate(zip(values, subject.values, strict=True))
    ]


def distinct(values: Sequence[Any]) -> int:
    """Count the sizes that differ."""
    return len(
        {size for each in values if isinstance(each, Tensor) for size in each.shape}
    )


def source_of(
    subject: Subject, gradients: Gradients, only: Sequence[Only], pinned: Pinned
) -> str:
    """Print the module."""
    given, returned = in_letters(gradients)
    arguments = tuple(
        replace(each, shape=given.get(each.name, each.shape))
        for each in arguments_of(subject)
    )
    forward = text_of(subject, arguments, len(gradients.outputs))
    spec = Spec(
        subject.class_name,
        subject.name,
        Backward.DERIVED,
        op=OpSpec(subject.name, arguments, forward),
    )
    assert spec.op is not None
    trial = Trial(
        examples=(),
        differentiable=tuple(
            name
            for name, each in zip(subject.names, gradients.gradients, strict=True)
            if each is not None
        ),
        outputs=len(gradients.outputs),
        returns=returned,
        derived=(gradients,),
        pinned=pinned,
        only=tuple(only),
        constants=subject.constants,
    )
    return emit_function(spec, spec.op, trial).text


def executed(source: str, name: str) -> Callable[..., Any]:
    """Run the module, and take the function out of it; tracebacks show its text."""
    where = f"<layergen.derive {name}>"
    linecache.cache[where] = (len(source), None, source.splitlines(True), where)
    # torch.compile imports the module that a function says it is from
    module = ModuleType(f"derived_{name}_{next(NUMBERS)}")
    sys.modules[module.__name__] = module
    exec(compile(source, where, "exec"), vars(module))
    function: Callable[..., Any] = getattr(module, name)
    return function
