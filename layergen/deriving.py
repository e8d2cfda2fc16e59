"""`layergen.derive`: the deriver for functions and modules that live in Python."""

import inspect
import linecache
import math
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn

from layergen.autodiff.derive import derived
from layergen.autodiff.refusal import Reason
from layergen.emit.emit import emit_function
from layergen.errors import BadRequest, CannotDerive, Place
from layergen.gate import derivation
from layergen.gate.claim import Claim
from layergen.gate.samples import samples_from
from layergen.ir.gradients import Gradients
from layergen.ir.trial import Pinned, Trial
from layergen.spec import forward as forwards
from layergen.spec.model import (
    Argument,
    ArgumentType,
    Backward,
    Form,
    Forward,
    OpSpec,
    Recompute,
    Spec,
)
from layergen.spec.spelling import class_name, module_name

__all__ = ["Derived", "Saved", "derive"]


@dataclass(frozen=True, slots=True)
class Saved:
    """One tensor that forward keeps for backward.

    Attributes:
        name: as backward calls it.
        shape: sizes as text: ("batch", "64").
        dtype: "float64" stands for the inputs' own.
    """

    name: str
    shape: tuple[str, ...]
    dtype: str


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
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """What is derived, as a function of all its tensors."""

    name: str
    function: Callable[..., Any]
    names: tuple[str, ...]
    values: tuple[Any, ...]
    wanted: tuple[int, ...]
    own: Callable[..., Any] | None = None  # whose text may stand in the output


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
    """
    subject = subject_of(function, example_inputs, name)
    gradients = derived(
        subject.function,
        subject.values,
        names=subject.names,
        wanted=subject.wanted,
        recompute=Recompute(recompute),
    )
    for pinned in (Pinned.NOTHING, Pinned.BROADCAST):
        try:
            return checked(subject, gradients, pinned)
        except CannotDerive as error:
            if error.reason != Reason.FAILED_BROADCAST.spelled:
                raise
    return checked(subject, gradients, Pinned.RANKS)


def checked(subject: Subject, gradients: Gradients, pinned: Pinned) -> Derived:
    """Print, run and try it."""
    source = source_of(subject, gradients, pinned)
    made = executed(source, subject.name)
    claim = Claim(
        subject.name,
        made,
        subject.function,
        samples_from(subject.values, subject.function, subject.names),
        subject.names,
        tuple(at for at, each in enumerate(gradients.gradients) if each is not None),
        place=located(subject.function),
    )
    notes = derivation.verify(claim)
    return Derived(source, made, saved_of(gradients), notes)


def subject_of(
    function: Callable[..., Any] | nn.Module, inputs: Sequence[Any], name: str | None
) -> Subject:
    """Name the arguments, and choose what is differentiated."""
    if isinstance(function, nn.Module):
        return module_subject(
            function, inputs, name or module_name(type(function).__name__)
        )
    names = argument_names(function, len(inputs))
    made = Subject(name or plain_name(function), function, names, tuple(inputs), ())
    return replace(made, wanted=wanted_of(made.values), own=function)


def argument_names(function: Callable[..., Any], count: int) -> tuple[str, ...]:
    """Read the names of a function's arguments."""
    parameters = list(inspect.signature(function).parameters.values())
    names = [each.name for each in parameters if each.kind is not each.VAR_POSITIONAL]
    if any(each.kind is each.VAR_POSITIONAL for each in parameters):
        names += [f"x{at}" for at in range(count - len(names))]
    needed = [each for each in parameters if each.default is each.empty]
    if len(names) < count or count < len(needed) - (len(names) < len(parameters)):
        raise BadRequest(
            f"{plain_name(function)} takes {len(names)} arguments, and "
            f"{count} example inputs were given",
            instead="Give one for each argument, in order.",
        )
    return tuple(names[:count])


def module_subject(module: nn.Module, inputs: Sequence[Any], name: str) -> Subject:
    """Make a module's parameters and floating buffers arguments."""
    first = argument_names(module.forward, len(inputs))
    held = dict(module.named_parameters())
    held |= {
        key: each for key, each in module.named_buffers() if each.is_floating_point()
    }
    own = {key: unique(key.replace(".", "_"), first) for key in held}

    def function(*values: Any) -> Any:
        parts = dict(zip(held, values[len(first) :], strict=True))
        return torch.func.functional_call(module, parts, tuple(values[: len(first)]))

    values = (*inputs, *held.values())
    learned = {key for key, each in module.named_parameters() if each.requires_grad}
    wanted = [*wanted_of(tuple(inputs))]
    wanted += [len(first) + at for at, key in enumerate(held) if key in learned]
    return Subject(name, function, (*first, *own.values()), values, tuple(wanted))


def unique(name: str, taken: Sequence[str]) -> str:
    """Make a name that no input has."""
    return f"{name}_" if name in taken else name


def wanted_of(values: Sequence[Any]) -> tuple[int, ...]:
    """Choose what to differentiate by."""
    floating = [
        at
        for at, each in enumerate(values)
        if isinstance(each, Tensor) and (each.is_floating_point() or each.is_complex())
    ]
    return tuple([at for at in floating if values[at].requires_grad] or floating)


def plain_name(function: Callable[..., Any]) -> str:
    """Name a function; one without a name is called forward."""
    name = getattr(function, "__name__", "forward")
    return name if name.isidentifier() else "forward"


def source_of(subject: Subject, gradients: Gradients, pinned: Pinned) -> str:
    """Print the module."""
    arguments = tuple(
        Argument(name, type_of(value))
        for name, value in zip(subject.names, subject.values, strict=True)
    )
    forward = text_of(subject, arguments, len(gradients.outputs))
    spec = Spec(
        class_name(subject.name),
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
        derived=(gradients,),
        pinned=pinned,
    )
    return emit_function(spec, spec.op, trial).text


def type_of(value: Any) -> ArgumentType:
    """Tell an argument's type by its value."""
    if isinstance(value, Tensor):
        floating = value.is_floating_point() or value.is_complex()
        return ArgumentType.TENSOR if floating else ArgumentType.INDEX
    types: Mapping[type, ArgumentType] = {
        bool: ArgumentType.BOOL,
        int: ArgumentType.INT,
        float: ArgumentType.FLOAT,
        str: ArgumentType.STR,
    }
    return types.get(type(value), ArgumentType.OPTIONAL_TENSOR)


def text_of(subject: Subject, arguments: tuple[Argument, ...], outputs: int) -> Forward:
    """Take the user's own statements, where they can stand alone; else they are printed."""
    empty = Forward(
        name=subject.name,
        form=Form.FUNCTION,
        text="",
        imports=(),
        preamble="",
        signature=arguments,
        body="",
        expression=None,
        summary="",
        outputs=outputs,
        example_inputs=False,
        source="",
        first_line=0,
    )
    found = own_text(subject)
    if found is None:
        return empty
    return replace(
        empty,
        text=found.text,
        body=found.body,
        expression=found.expression,
        summary=found.summary,
    )


def own_text(subject: Subject) -> Forward | None:
    """Read the function's own text; none where it leans on what is around it."""
    function = subject.own
    code = getattr(function, "__code__", None)
    if function is None or code is None or code.co_freevars:
        return None
    try:
        text = textwrap.dedent(inspect.getsource(function))
        found = forwards.from_text(text, code.co_filename)
    except (OSError, TypeError, BadRequest):
        return None
    around = getattr(function, "__globals__", {})
    usual = {"torch": torch, "math": math, "nn": nn, "F": nn.functional}
    for name in code.co_names:
        known = around.get(name)
        if isinstance(known, ModuleType) and known is not usual.get(name):
            return None
    same = tuple(each.name for each in found.signature) == subject.names
    return found if same and found.name == function.__name__ else None


def executed(source: str, name: str) -> Callable[..., Any]:
    """Run the module, and take the function out of it; tracebacks show its text."""
    where = f"<layergen.derive {name}>"
    linecache.cache[where] = (len(source), None, source.splitlines(True), where)
    names: dict[str, Any] = {"__name__": f"derived_{name}"}
    exec(compile(source, where, "exec"), names)
    function: Callable[..., Any] = names[name]
    return function


def located(function: Callable[..., Any]) -> Place | None:
    """Find a function in its file."""
    code = getattr(function, "__code__", None)
    return Place(code.co_filename, code.co_firstlineno) if code else None


def saved_of(gradients: Gradients) -> tuple[Saved, ...]:
    """List what is saved."""
    graph = gradients.graph
    return tuple(
        Saved(
            graph[index].hint or graph[index].op,
            tuple(map(str, graph[index].shape)),
            graph[index].dtype,
        )
        for index in gradients.saved
    )
