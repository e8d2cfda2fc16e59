"""What a trial run of a forward showed; plain data, so that the emitter needs no torch."""

from dataclasses import dataclass, replace
from enum import StrEnum

from layergen.ir.gradients import Gradients
from layergen.spec.inputs import Example, examples
from layergen.spec.model import (
    Argument,
    ArgumentType,
    Case,
    Parameter,
    Shape,
    Spec,
)

__all__ = ["Only", "Pinned", "Trial", "Trials", "assumed", "with_pinned"]


class Pinned(StrEnum):
    """What of the shapes of an example a derivation holds for."""

    NOTHING = "nothing"
    SCALARS = (
        "scalars"  # that no argument lacks all dimensions, where the example's has some
    )
    BROADCAST = "broadcast"  # which sizes of the arguments are equal
    RANKS = "ranks"  # that, and how many dimensions each has


@dataclass(frozen=True, slots=True)
class Only:
    """An argument, and the values of it that a derivation holds for: causal, (False,)."""

    argument: str
    values: tuple[bool | int | float | str | None, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """One forward's answers on its example inputs.

    Attributes:
        examples: those that the forward takes; the first has every argument present.
        differentiable: the tensor arguments that a gradient reaches.
        below: for each example, the number that index tensors are drawn below.
        dtypes: the floating dtypes that the forward runs in, widest first: ("float64", ...).
        positive: whether inputs are drawn from (0.1, 0.9), where normal ones gave NaN.
        outputs: how many tensors it returns.
        scalar: whether its only output is a scalar whatever the inputs' shapes.
        random: whether it draws random numbers.
        gradchecks: whether its gradient is its derivative: no `detach` parts them.
        gradgradchecks: whether it can be differentiated twice.
        single: whether it computes in single precision inside, whatever comes in.
        scales: factors of the inputs that it takes: (0.0, 1e4).
        vmaps: whether torch.func.vmap of its gradient runs.
        compiles: whether it never looks at a tensor's values, so that it compiles whole.
        returns: shapes of the outputs by the names of their dimensions; () where no name fits.
        derived: what was derived of it, where its backward is: one for each setting of its
            flags and of what may be None, the fullest first.
        pinned: what of the first example's shapes must be checked, since what was derived
            does not hold for others.
        only: arguments whose value must be checked, for the same reason.
        constants: floating tensors that no gradient was asked for, and that get none.
        refused: an example that the forward takes and the derived function, by these checks,
            does not.
    """

    examples: tuple[Example, ...]
    differentiable: tuple[str, ...]
    below: tuple[int, ...] = ()
    dtypes: tuple[str, ...] = ("float64", "float32", "bfloat16")
    positive: bool = False
    outputs: int = 1
    scalar: bool = False
    random: bool = False
    gradchecks: bool = True
    gradgradchecks: bool = True
    single: bool = False
    scales: tuple[float, ...] = (0.0, 1e4)
    vmaps: bool = True
    compiles: bool = True
    returns: tuple[Shape, ...] = ()
    derived: tuple[Gradients, ...] = ()
    pinned: Pinned = Pinned.NOTHING
    only: tuple[Only, ...] = ()
    constants: tuple[str, ...] = ()
    refused: Example | None = None


@dataclass(frozen=True, slots=True)
class Trials:
    """The trials of a component, one for each forward it has.

    Attributes:
        layers: one for each of `Spec.layers`, in their order.
        notes: what the user should be told.
    """

    op: Trial | None = None
    layers: tuple[Trial, ...] = ()
    loss: Trial | None = None
    notes: tuple[str, ...] = ()


def with_pinned(trials: Trials, pinned: Pinned) -> Trials:
    """Say what of the shapes is checked in what was derived."""
    op, loss = trials.op, trials.loss
    return replace(
        trials,
        op=replace(op, pinned=pinned) if op and op.derived else op,
        loss=replace(loss, pinned=pinned) if loss and loss.derived else loss,
    )


def assumed(spec: Spec) -> Trials:
    """Take the examples on trust, for a default of ours: our own tests run them."""
    return Trials(
        op=(
            assumed_of(spec.op.arguments, spec.op.cases, (), spec.op.returns)
            if spec.op
            else None
        ),
        layers=tuple(
            replace(
                assumed_of(
                    each.arguments,
                    each.cases,
                    (*each.parameters, *each.buffers),
                    each.returns,
                ),
                scales=(),
            )
            for each in spec.layers
        ),
        loss=(
            assumed_of(spec.loss.arguments, spec.loss.cases, (), ())
            if spec.loss
            else None
        ),
    )


def assumed_of(
    arguments: tuple[Argument, ...],
    cases: tuple[Case, ...],
    bound: tuple[Parameter, ...],
    returns: tuple[Shape, ...],
) -> Trial:
    """Assume that every example runs, and that a gradient reaches every tensor."""
    floating = (ArgumentType.TENSOR, ArgumentType.OPTIONAL_TENSOR)
    return Trial(
        examples=examples(arguments, cases, bound),
        differentiable=tuple(each.name for each in arguments if each.type in floating),
        returns=returns,
    )
