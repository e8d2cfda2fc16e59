"""A function or a Module, as a function of all its tensors."""

import inspect
import math
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn

from layergen.errors import BadRequest, Place
from layergen.spec import forward as forwards
from layergen.spec.model import Forward
from layergen.spec.spelling import class_name, module_name

__all__ = ["Subject", "own_text", "subject_of"]

# What the methods of the Function themselves say: an argument would stand before it.
TAKEN = ("ctx", "autocast_of", "nullcontext")


@dataclass(frozen=True, slots=True)
class Subject:
    """What is derived, as a function of all its tensors."""

    name: str
    function: Callable[..., Any]
    names: tuple[str, ...]
    values: tuple[Any, ...]
    wanted: tuple[int, ...]
    own: Callable[..., Any] | None = None  # whose text may stand in the output
    place: Place | None = None  # where it begins

    @property
    def constants(self) -> tuple[str, ...]:
        """The names of tensors that nothing is differentiated by, though they could be others."""
        return tuple(
            self.names[at]
            for at, each in enumerate(self.values)
            if isinstance(each, Tensor) and at not in self.wanted
        )

    @property
    def given(self) -> dict[str, Any]:
        """The values by their arguments' names."""
        return dict(zip(self.names, self.values, strict=True))

    @property
    def class_name(self) -> str:
        """The name of its Function, but for that word."""
        return class_name(self.name)


def subject_of(
    function: Callable[..., Any] | nn.Module, inputs: Sequence[Any], name: str | None
) -> Subject:
    """Name the arguments, and choose what is differentiated."""
    if isinstance(inputs, Tensor):
        raise BadRequest(
            "the example inputs are one tensor",
            instead="Give a tuple, one value for each argument: (x,).",
        )
    if isinstance(function, nn.Module):
        return module_subject(
            function, inputs, name or module_name(type(function).__name__)
        )
    names = argument_names(function, len(inputs))
    made = Subject(name or plain_name(function), function, names, tuple(inputs), ())
    return replace(made, wanted=wanted_of(made.values), own=function)


def argument_names(function: Callable[..., Any], count: int) -> tuple[str, ...]:
    """Read the names of a function's arguments."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except ValueError as error:  # as of torch.sinc, which is written in C++
        raise BadRequest(
            f"{plain_name(function)} does not tell its arguments",
            instead="Write a function around it: def f(x): return torch.sinc(x).",
        ) from error
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
    for each in names[:count]:
        if each in TAKEN:
            raise BadRequest(
                f"the argument name {each!r} clashes with {each!r}, which the generated "
                "code uses itself",
                instead="Give the argument another name.",
            )
    return tuple(names[:count])


def module_subject(module: nn.Module, inputs: Sequence[Any], name: str) -> Subject:
    """Make a module's parameters and floating buffers arguments."""
    first = argument_names(module.forward, len(inputs))
    held: dict[str, Tensor] = dict(module.named_parameters())
    held |= {key: each for key, each in module.named_buffers() if not counts(each)}
    own = own_names(held, first)
    counters = {key: int(each) for key, each in module.named_buffers() if counts(each)}

    def function(*values: Any) -> Any:
        parts: dict[str, Tensor] = dict(zip(held, values[len(first) :], strict=True))
        # what a module counts, as batch_norm its batches, is left as it is
        parts |= {key: torch.tensor(each) for key, each in counters.items()}
        return torch.func.functional_call(module, parts, tuple(values[: len(first)]))

    function.__wrapped__ = module.forward  # type: ignore[attr-defined] # whose lines are told
    values = (*inputs, *held.values())
    learned = {key for key, each in module.named_parameters() if each.requires_grad}
    wanted = [*wanted_of(tuple(inputs))]
    wanted += [len(first) + at for at, key in enumerate(held) if key in learned]
    return Subject(name, function, (*first, *own.values()), values, tuple(wanted))


def counts(buffer: Tensor) -> bool:
    """Tell whether a buffer is a counter, as the batches that batch_norm saw."""
    return buffer.dim() == 0 and not buffer.is_floating_point()


def as_name(key: str) -> str:
    """Spell a parameter's path as a name: 0.weight is layer_0_weight."""
    name = key.replace(".", "_")
    return f"layer_{name}" if name[0].isdigit() else name


def own_names(held: Iterable[str], first: Sequence[str]) -> dict[str, str]:
    """Name a module's tensors by their paths, as neither an input nor another is named."""
    taken = {*TAKEN, *first}
    found = {}
    for key in held:
        name = as_name(key)
        while name in taken:
            name += "_"
        taken.add(name)
        found[key] = name
    return found


def wanted_of(values: Sequence[Any]) -> tuple[int, ...]:
    """Choose what to differentiate by."""
    found = floating(values)
    return tuple([at for at in found if values[at].requires_grad] or found)


def floating(values: Sequence[Any]) -> list[int]:
    """List the positions of tensors that can have gradients."""
    return [
        at
        for at, each in enumerate(values)
        if isinstance(each, Tensor) and (each.is_floating_point() or each.is_complex())
    ]


def plain_name(function: Callable[..., Any]) -> str:
    """Name a function; one without a name is called forward."""
    name = getattr(function, "__name__", "forward")
    return name if name.isidentifier() else "forward"


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
