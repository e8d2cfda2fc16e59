"""Check gradients at other numbers than the example's: beyond them, a forward may take another side."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from layergen.gate.claim import Claim, Sample, is_floating
from layergen.gate.comparison import answer_of_plain
from layergen.gate.noise import hold_finite
from layergen.gate.probe import Probe, probe_of

__all__ = ["check"]

# Bounds, margins and thresholds lie in between.
SCALES = (0.1, 0.5, 2.0, 6.0, 20.0)

Draw = Callable[[Tensor, torch.Generator], Tensor]


def check(claim: Claim) -> tuple[str, ...]:
    """Compare with autograd of the forward, wherever that is finite."""
    for sample in claim.kinds():
        for probe in probes(claim, sample):
            want = answer_of_plain(claim, probe)
            if want is not None:  # as of a matrix that has no Cholesky factor
                hold_finite(claim, probe, want)
    return ()


def probes(claim: Claim, sample: Sample) -> Iterator[Probe]:
    """Draw the numbers anew, of any sign, and such as the example's are."""
    whole = probe_of(claim, sample)
    generator = torch.Generator().manual_seed(0)
    draws = [
        (f"other numbers {name}, of about {scale:g}", scale, draw)
        for name, draw in (("of any sign", signed), ("of its signs", alike))
        for scale in SCALES
    ]
    for name, scale, draw in (*draws, ("whole numbers from -2 to 2", 1.0, counted)):
        args = tuple(
            scale * draw(each, generator) if is_free(claim, at, each) else each
            for at, each in enumerate(whole.args)
        )
        yield replace(whole, args=args, where=f"{whole.where}, at {name}")


def is_free(claim: Claim, at: int, value: Any) -> bool:
    """Tell whether a value may be any number; whole ones may be labels or a mask."""
    if not is_floating(value):
        return False
    return at in claim.differentiable or bool((value != value.round()).any())


def signed(tensor: Tensor, generator: torch.Generator) -> Tensor:
    """Draw numbers of both signs."""
    return torch.randn(tensor.shape, generator=generator, dtype=tensor.dtype)


def alike(tensor: Tensor, generator: torch.Generator) -> Tensor:
    """Draw numbers that may stand for a tensor's: of one sign, or of both."""
    drawn = signed(tensor, generator)
    if tensor.is_complex() or not tensor.numel() or tensor.min() < 0 < tensor.max():
        return drawn
    return drawn.abs() if tensor.min() >= 0 else -drawn.abs()


def counted(tensor: Tensor, generator: torch.Generator) -> Tensor:
    """Draw whole numbers: each pair of them meets, 0 and what is below a bound among them.

    A square matrix of them may be singular, where torch's own gradient of a determinant is
    wrong (2.13); one with a large diagonal is not.
    """
    drawn = torch.randint(-2, 3, tensor.shape, generator=generator).to(tensor.dtype)
    rows, columns = (*tensor.shape[-2:], 0, 0)[:2]
    if rows != columns or tensor.dim() < 2:
        return drawn
    regular: Tensor = drawn + 3 * rows * torch.eye(rows, dtype=tensor.dtype)
    return regular
