"""Check gradients where formulas break: at zero, at ties, at large numbers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from layergen.gate.claim import Claim, Sample
from layergen.gate.comparison import answer_of_plain
from layergen.gate.noise import hold_finite
from layergen.gate.probe import Answer, Probe, leaves, probe_of
from layergen.gate.stable import AT_LARGE, AT_ZERO, stable_function

__all__ = ["check"]

FACTORS = (1e2, 1e4)
ALONE = 6  # inputs that are set to zero one at a time
# At ordinary numbers no gradient comes near it, but for that of a singular matrix's inverse.
SINGULAR = 1e12


@dataclass(frozen=True, slots=True)
class Spot:
    """A place to look at, and the stable functions that a forward may lack there."""

    probe: Probe
    large: bool


def check(claim: Claim) -> tuple[str, ...]:
    """Compare with autograd of the forward, wherever that is finite."""
    missing: dict[str, None] = {}
    stable: dict[str, None] = {}
    for sample in claim.kinds():
        for spot in spots(claim, sample):
            want = answer_of_plain(claim, spot.probe)
            if want is None:
                continue  # as linalg.inv of zeros: there is no gradient to compare with
            singular = not spot.large and is_singular(want)
            if not singular:
                hold_finite(claim, spot.probe, want)
            if singular or not is_finite(want):
                missing[spot.probe.where.removeprefix(f"{sample.note}, ")] = None
                stable[named(claim, sample, spot)] = None
    return note(claim, missing, [name for name in stable if name])


def note(
    claim: Claim, missing: dict[str, None], stable: Sequence[str]
) -> tuple[str, ...]:
    """Say where the forward's own gradient is not finite, and what to write instead."""
    if not missing:
        return ()
    where = ", ".join(missing)
    instead = f" {' and '.join(stable)} would be finite." if stable else ""
    return (
        f"{claim.name}: the forward's own gradient is not finite {where}." f"{instead}",
    )


def named(claim: Claim, sample: Sample, spot: Spot) -> str:
    """Name the stable function that the forward writes out."""
    table = AT_LARGE if spot.large else AT_ZERO
    return stable_function(claim.plain, leaves(sample.args, ()), table)


def is_finite(answer: Answer) -> bool:
    """Tell whether every gradient is a number."""
    return all(bool(each.isfinite().all()) for each in answer.gradients)


def is_singular(answer: Answer) -> bool:
    """Tell whether some entry is finite by rounding alone, which leaves no digit right."""
    found = (each[each.isfinite()].abs() for each in answer.gradients)
    return any(bool((each > SINGULAR).any()) for each in found)


def spots(claim: Claim, sample: Sample) -> Iterator[Spot]:
    """Choose the places: the wanted inputs are changed, the rest stay as they are."""
    whole = probe_of(claim, sample)
    every = whole.wanted
    changes: list[tuple[str, Sequence[int], Callable[[Tensor], Tensor]]] = [
        ("at 0", every, torch.zeros_like),
        *(
            (f"where {claim.names[at]} is 0", [at], torch.zeros_like)
            for at in every[: ALONE if len(every) > 1 else 0]
        ),
        ("at whole numbers", every, rounded),
        ("where all entries are equal", every, half),
        ("where inputs are equal", every, counted),
    ]
    for name, positions, change in changes:
        yield Spot(changed(whole, positions, change, name), large=False)
    for factor in FACTORS:
        name = f"at {factor:g} times the inputs"
        yield Spot(changed(whole, every, times(factor), name), large=True)


def changed(
    whole: Probe,
    positions: Sequence[int],
    change: Callable[[Tensor], Tensor],
    name: str,
) -> Probe:
    """Change some of the inputs."""
    args = tuple(
        change(each) if at in positions else each for at, each in enumerate(whole.args)
    )
    return replace(whole, args=args, where=f"{whole.where}, {name}")


def rounded(tensor: Tensor) -> Tensor:
    """Round numbers, and both parts of complex ones."""
    if tensor.is_complex():
        return torch.complex(tensor.real.round(), tensor.imag.round())
    return tensor.round()


def half(tensor: Tensor) -> Tensor:
    """Tie all entries, at a value that probabilities may have."""
    return torch.full_like(tensor, 0.5)


def counted(tensor: Tensor) -> Tensor:
    """Fill inputs of a shape with the same numbers, of both signs, some of them tied."""
    ramp = torch.linspace(-1, 1, tensor.numel(), dtype=torch.float64)
    ties = ramp.mul(4).round().div(4).add(0.1).reshape(tensor.shape)
    return ties.to(tensor.dtype)


def times(factor: float) -> Callable[[Tensor], Tensor]:
    """Make the change that scales."""
    return lambda tensor: tensor * factor
