"""Check tensors that do not lie in memory one number after the other."""

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from layergen.autodiff.refusal import Reason
from layergen.errors import CannotDerive
from layergen.gate.claim import Claim, Sample
from layergen.gate.comparison import (
    answer_of_derived,
    answer_of_plain,
    differences,
    hold,
)
from layergen.gate.probe import Probe, drawn, probe_of

__all__ = ["check"]

Layout = Callable[[Tensor], Tensor]


def check(claim: Claim) -> tuple[str, ...]:
    """Compare on non-contiguous inputs, and along such cotangents and expanded ones."""
    notes: dict[str, None] = {}
    for sample in claim.kinds():
        for probe in (*of_inputs(claim, sample), *of_cotangents(claim, sample)):
            try:
                told = "" if hold(claim, probe, Reason.FAILED_STRIDES) else "fails"
            except CannotDerive:
                if not agrees_in_order(claim, probe):
                    raise
                told = "has another gradient than on contiguous tensors"
            if told:
                notes[f"{claim.name}: the forward itself {told} at {probe.where}."] = (
                    None
                )
    return tuple(notes)


def agrees_in_order(claim: Claim, probe: Probe) -> bool:
    """Tell whether the derived answer is what the forward gives of the same numbers in order.

    Torch's own gradient of batch_norm is another one where its weight is strided (2.13).
    """

    def cotangent(at: int, output: Tensor) -> Tensor | None:
        found = probe.cotangent(at, output)
        return None if found is None else found.contiguous()

    args = tuple(
        each.contiguous() if isinstance(each, Tensor) else each for each in probe.args
    )
    in_order = replace(probe, args=args, cotangent=cotangent)
    try:
        want = answer_of_plain(claim, in_order)
        got = answer_of_derived(claim, probe)
        again = answer_of_plain(claim, probe)
    except CannotDerive:
        return False
    if want is None or got is None or again is None:
        return False
    if next(differences(claim, probe, again, want), None) is None:
        return False
    return next(differences(claim, probe, got, want), None) is None


def of_inputs(claim: Claim, sample: Sample) -> list[Probe]:
    """Lay the inputs out otherwise."""
    whole = probe_of(claim, sample)
    return [
        replace(
            whole,
            args=tuple(
                layout(each) if isinstance(each, Tensor) else each
                for each in sample.args
            ),
            where=f"{sample.note}, with {name} inputs",
        )
        for name, layout in (("strided", strided), ("transposed", transposed))
    ]


def of_cotangents(claim: Claim, sample: Sample) -> list[Probe]:
    """Lay the cotangents out otherwise."""
    whole = probe_of(claim, sample)
    layouts = {
        "one number expanded as": one_number,
        "a row expanded as": one_row,
        "a strided": strided,
        "a transposed": transposed,
    }
    return [
        replace(
            whole, where=f"{sample.note}, with {name} cotangent", cotangent=laid(layout)
        )
        for name, layout in layouts.items()
    ]


def laid(layout: Layout) -> Callable[[int, Tensor], Tensor]:
    """Make random cotangents of a layout."""
    return lambda at, output: layout(drawn(at, output))


def strided(tensor: Tensor) -> Tensor:
    """Leave a gap after each number."""
    return torch.stack((tensor, tensor), -1)[..., 0]


def transposed(tensor: Tensor) -> Tensor:
    """Let the first dimension run fastest."""
    back = tuple(reversed(range(tensor.dim())))
    return tensor.permute(back).contiguous().permute(back)


def one_number(tensor: Tensor) -> Tensor:
    """Repeat one number with strides of 0, as `out.sum().backward()` does."""
    return tensor.new_full((), 0.7).expand(tensor.shape)


def one_row(tensor: Tensor) -> Tensor:
    """Repeat the first of each dimension but the last, with strides of 0."""
    first = tuple(slice(1) for _ in tensor.shape[:-1])
    return tensor[first].expand(tensor.shape)
