"""One question to a function, and its answer: outputs and gradients."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import torch
from torch import Tensor

from layergen.gate.claim import Claim, Sample
from layergen.gate.returned import Fault, watched

__all__ = [
    "SEED",
    "Answer",
    "Probe",
    "answer",
    "called",
    "copied",
    "drawn",
    "flat",
    "grows",
    "leaves",
    "probe_of",
    "reach",
]

SEED = 0  # before every call: what a forward draws is the same each time


def drawn(at: int, output: Tensor) -> Tensor:
    """Draw a cotangent, always the same for the output at a position."""
    generator = torch.Generator().manual_seed(at + 1)
    wide = torch.complex128 if output.is_complex() else torch.float64
    return torch.randn(output.shape, generator=generator, dtype=wide).to(output)


@dataclass(frozen=True, slots=True)
class Probe:
    """What is asked.

    Attributes:
        args: tensors are copied before each use.
        wanted: positions of the arguments whose gradients are asked for.
        where: how messages name it: "x (3, 5), beta 1.0, with an expanded cotangent".
        cotangent: makes that of an output at a position; None leaves the output aside.
        may_raise: whether an error that says no will do.
    """

    args: tuple[Any, ...]
    wanted: tuple[int, ...]
    where: str
    cotangent: Callable[[int, Tensor], Tensor | None] = drawn
    may_raise: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a function answered.

    Attributes:
        gradients: of the wanted arguments, zeros where none came.
        args: the arguments as the call left them.
        faults: what its Functions' backwards returned that autograd had to mend.
        spoilt: whether it wrote into a cotangent.
    """

    outputs: tuple[Any, ...]
    gradients: tuple[Tensor, ...]
    args: tuple[Any, ...]
    faults: tuple[Fault, ...]
    spoilt: bool


def probe_of(claim: Claim, sample: Sample) -> Probe:
    """Ask for all gradients at a sample."""
    wanted = claim.wanted(sample)
    return Probe(sample.args, wanted, sample.note, may_raise=sample.may_raise)


def answer(function: Callable[..., Any], probe: Probe) -> Answer:
    """Call a function, and differentiate it along the probe's cotangents."""
    args = leaves(probe.args, probe.wanted)
    outputs = called(function, args)
    ends, cotangents = reach(outputs, probe)
    kept = [each.clone() for each in cotangents]
    with watched(outputs, args) as faults:
        gradients = differentiated(ends, [args[at] for at in probe.wanted], cotangents)
    spoilt = not all(map(equal, cotangents, kept))
    return Answer(outputs, gradients, args, tuple(faults), spoilt)


def called(function: Callable[..., Any], args: Sequence[Any]) -> tuple[Any, ...]:
    """Call a function under the one seed."""
    torch.default_generator.manual_seed(SEED)
    return flat(function(*args))


def flat(result: Any) -> tuple[Any, ...]:
    """Take one result as a tuple of one."""
    return tuple(result) if isinstance(result, tuple | list) else (result,)


def leaves(args: Sequence[Any], wanted: Sequence[int]) -> tuple[Any, ...]:
    """Copy the arguments, the wanted ones as leaves of the graph."""
    return tuple(
        copied(each).requires_grad_(at in wanted) if isinstance(each, Tensor) else each
        for at, each in enumerate(args)
    )


def copied(tensor: Tensor) -> Tensor:
    """Copy a tensor, strides and all, which `clone` would smooth."""
    made = torch.empty_strided(
        tensor.shape, tensor.stride(), dtype=tensor.dtype, device=tensor.device
    )
    return made.copy_(tensor.detach())


def reach(outputs: Sequence[Any], probe: Probe) -> tuple[list[Tensor], list[Tensor]]:
    """List the outputs that have a gradient, and their cotangents."""
    ends: list[Tensor] = []
    cotangents: list[Tensor] = []
    for at, each in enumerate(outputs):
        if grows(each):
            cotangent = probe.cotangent(at, each)
            if cotangent is not None:
                ends.append(each)
                cotangents.append(cotangent)
    return ends, cotangents


def grows(output: object) -> TypeGuard[Tensor]:
    """Tell whether a gradient can be asked of an output."""
    return isinstance(output, Tensor) and output.requires_grad


def differentiated(
    ends: Sequence[Tensor], by: Sequence[Tensor], cotangents: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    """Differentiate; what nothing reaches is zero."""
    if not ends or not by:
        return tuple(torch.zeros_like(each) for each in by)
    return torch.autograd.grad(ends, by, cotangents, materialize_grads=True)


def equal(one: Tensor, other: Tensor) -> bool:
    """Compare bit for bit; a tensor on meta has no bits."""
    if one.is_complex():
        one, other = torch.view_as_real(one), torch.view_as_real(other)
    return one.is_meta or torch.equal(one, other) or bool(one.isnan().any())
