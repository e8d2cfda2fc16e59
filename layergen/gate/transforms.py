"""Check torch.func's transforms: vmap of grad, jacrev of jacrev."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.refusal import Reason
from layergen.gate.central import torch_is_wrong
from layergen.gate.claim import TINY, Claim, Sample, is_floating
from layergen.gate.comparison import difference, refusal, tolerance_of
from layergen.gate.probe import called, leaves, probe_of

__all__ = ["check"]


@dataclass(frozen=True, slots=True)
class Transform:
    """What is done to a function, and how messages name it."""

    name: str
    reason: Reason
    run: Callable[[Callable[..., Any]], Any]


def check(claim: Claim) -> tuple[str, ...]:
    """Compare wherever the transform takes the forward."""
    for sample in claim.kinds():
        for transform in transforms(claim, sample):
            try:
                want = flat_tensors(transform.run(claim.plain))
            except Exception:
                continue  # torch says no to the forward itself, as vmap to .item()
            compare(claim, sample, transform, want)
    return ()


def transforms(claim: Claim, sample: Sample) -> Iterator[Transform]:
    """Choose the transforms that suit a sample."""
    wanted = claim.wanted(sample)
    if not wanted:
        return
    for name, batched in batchings(sample, wanted):
        run = vmapped(sample, wanted, batched)
        yield Transform(f"vmap of grad over {name}", Reason.FAILED_VMAP, run)
    if sample.numel <= TINY and sample is claim.kinds()[0]:
        run = hessian(sample, wanted)
        yield Transform("jacrev of jacrev", Reason.FAILED_SECOND_ORDER, run)


def batchings(
    sample: Sample, wanted: tuple[int, ...]
) -> list[tuple[str, tuple[int, ...]]]:
    """Choose which arguments come in batches: per-sample gradients leave weights single."""
    tensors = tuple(
        at for at, each in enumerate(sample.args) if isinstance(each, Tensor)
    )
    found = {
        wanted[:1]: "the first input",
        wanted: "what is differentiated",
        tensors: "all tensors",
    }
    return [(name, positions) for positions, name in found.items()]


def vmapped(
    sample: Sample, wanted: tuple[int, ...], batched: tuple[int, ...]
) -> Callable[[Callable[..., Any]], Any]:
    """Make vmap of grad; all samples of a batch draw the same random numbers."""
    dims = tuple(0 if at in batched else None for at in range(len(sample.args)))

    def run(function: Callable[..., Any]) -> Any:
        args = leaves(sample.args, ())
        batch = [
            (
                torch.stack((each, each * 0.5 if at in wanted else each))
                if at in batched
                else each
            )
            for at, each in enumerate(args)
        ]
        gradient = torch.func.grad(loss_of(function), argnums=wanted)
        return torch.func.vmap(gradient, in_dims=dims, randomness="same")(*batch)

    return run


def hessian(
    sample: Sample, wanted: tuple[int, ...]
) -> Callable[[Callable[..., Any]], Any]:
    """Make jacrev of jacrev: a vmap of the double backward."""

    def run(function: Callable[..., Any]) -> Any:
        first = torch.func.jacrev(loss_of(function), argnums=wanted)
        second = torch.func.jacrev(first, argnums=wanted)
        return second(*leaves(sample.args, ()))

    return run


def loss_of(function: Callable[..., Any]) -> Callable[..., Tensor]:
    """Make one number of the outputs, nonlinearly."""

    def loss(*args: Any) -> Tensor:
        outputs = [each for each in called(function, args) if is_floating(each)]
        return torch.stack([each.abs().square().sum() for each in outputs]).sum()

    return loss


def compare(
    claim: Claim, sample: Sample, transform: Transform, want: list[Tensor]
) -> None:
    """Refuse an error, and another answer."""
    probe = probe_of(claim, sample)
    try:
        got = flat_tensors(transform.run(claim.derived))
    except Exception as error:
        if transform.reason is Reason.FAILED_SECOND_ORDER and not claim.twice:
            return  # it has no second derivative, and says so
        first = next(iter(str(error).strip().splitlines()), "")
        text = f"{transform.name}: {type(error).__name__}: {first}"
        raise refusal(claim, probe, transform.reason, text) from error
    text = first_difference(claim, got, want)
    if text and transform.reason is Reason.FAILED_SECOND_ORDER:
        # torch's own jacrev of jacrev of layer_norm and batch_norm is wrong (2.13)
        text = first_difference(claim, got, by_autograd(claim, claim.plain, sample))
        if text and torch_is_wrong(claim, sample):
            own = by_autograd(claim, claim.derived, sample)
            text = first_difference(claim, got, own)
    if text:
        told = f"by {transform.name}, an entry is {text}"
        raise refusal(claim, probe, transform.reason, told)


def first_difference(
    claim: Claim, got: Sequence[Tensor], want: Sequence[Tensor]
) -> str:
    """Tell the first entry that differs, or ""."""
    for mine, theirs in zip(got, want, strict=True):
        if text := difference(mine, theirs, tolerance_of(claim)):
            return text
    return ""


def by_autograd(
    claim: Claim, function: Callable[..., Any], sample: Sample
) -> list[Tensor]:
    """Take second derivatives without torch.func."""
    args = leaves(sample.args, ())
    wanted = claim.wanted(sample)
    loss = loss_of(function)

    def of_wanted(*values: Tensor) -> Tensor:
        given = list(args)
        for at, value in zip(wanted, values, strict=True):
            given[at] = value
        return loss(*given)

    inputs = tuple(args[at] for at in wanted)
    hessians: Any = torch.autograd.functional.hessian  # it has no types
    return flat_tensors(hessians(of_wanted, inputs))


def flat_tensors(nested: Any) -> list[Tensor]:
    """Flatten tuples of tuples."""
    if isinstance(nested, Tensor):
        return [nested]
    return [each for part in nested for each in flat_tensors(part)]
