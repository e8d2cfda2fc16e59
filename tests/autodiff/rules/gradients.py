"""The gradients of one call: autograd's, and a rule's after what the engine does to its result."""

import inspect
import traceback
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from tests.autodiff.rules.samples import Sample
from tests.autodiff.rules.subject import Subject


class Uncovered(Exception):
    """The rule answered NotImplemented."""


class NothingToCompareWith(Exception):
    """Autograd itself fails: a singular matrix, a missing derivative."""


class Wrong(Exception):
    """The rule broke its contract."""


def by_autograd(
    sample: Sample, out: Any, cotangents: Sequence[Tensor | None]
) -> Sequence[Tensor | None]:
    pairs = [
        (output, cotangent)
        for output, cotangent in zip(tensors_of(out), cotangents, strict=True)
        if cotangent is not None
    ]
    try:
        return torch.autograd.grad(
            [output for output, _ in pairs],
            leaves_of(sample),
            [cotangent for _, cotangent in pairs],
            create_graph=True,
            allow_unused=True,
        )
    except RuntimeError as error:
        raise NothingToCompareWith from error


def by_rule(
    subject: Subject,
    sample: Sample,
    out: Any,
    cotangents: Sequence[Tensor | None],
    keeps: bool = False,
) -> list[Tensor | None]:
    """Call the rule, and do for its result what the engine does: expand, reduce, cast.

    Args:
        keeps: the dtype has to be right without a cast.
    """
    is_one = isinstance(out, Tensor)
    grad = cotangents[0] if is_one else tuple(cotangents)
    names = list(inspect.signature(subject.rule).parameters)
    try:
        bound = inspect.signature(subject.rule).bind(
            grad, out, *sample.args, **sample.kwargs
        )
    except TypeError as error:
        raise Wrong(f"the call does not bind: {error}") from error
    try:
        result = subject.rule(*bound.args, **bound.kwargs)
    except Exception as error:
        *_, last = traceback.extract_tb(error.__traceback__)
        what = f"{type(error).__name__}: {error}"
        raise Wrong(f"{what} ({last.filename}:{last.lineno})") from error
    if result is NotImplemented:
        raise Uncovered
    if not isinstance(result, tuple):
        raise Wrong(f"the rule gives {type(result).__name__}, and no tuple")
    gradients = dict(zip(names[2:], result, strict=False))
    target = out.shape if subject.is_elementwise else None
    return [
        fitted(gradient, leaf, target, keeps)
        for name in names[2:]
        for leaf, gradient in paired(
            name, bound.arguments.get(name), gradients.get(name)
        )
    ]


def paired(name: str, argument: Any, gradient: Any) -> Iterator[tuple[Tensor, Any]]:
    """Put each differentiable tensor of an argument beside its gradient."""
    if isinstance(argument, list | tuple) and any(
        isinstance(each, Tensor) and each.requires_grad for each in argument
    ):
        if gradient is not None and len(gradient) != len(argument):
            raise Wrong(f"{name} has another number of gradients")
        for each, of in zip(argument, gradient or [None] * len(argument), strict=True):
            yield from paired(name, each, of)
    elif isinstance(argument, Tensor) and argument.requires_grad:
        yield argument, gradient
    elif gradient is not None and not isinstance(argument, Tensor):
        raise Wrong(f"{name} is {argument!r}, and gets a gradient")


def fitted(
    gradient: Tensor | None,
    leaf: Tensor,
    target: Sequence[int] | None,
    keeps: bool,
) -> Tensor | None:
    if gradient is None:
        return None
    if keeps and gradient.dtype != leaf.dtype:
        raise Wrong(f"the gradient of a {leaf.dtype} tensor is {gradient.dtype}")
    try:
        if target is not None:
            gradient = gradient.expand(target).sum_to_size(leaf.shape)
        gradient = gradient.expand(leaf.shape)
    except RuntimeError as error:
        shapes = f"{tuple(gradient.shape)} for {tuple(leaf.shape)}"
        raise Wrong(f"the gradient has the shape {shapes}") from error
    if gradient.is_complex() and not leaf.is_complex():
        gradient = gradient.real
    return gradient.to(leaf.dtype)


def differentiated(
    gradients: Sequence[Tensor | None], weights: Sequence[Tensor], wrt: Sequence[Tensor]
) -> Sequence[Tensor | None]:
    terms = [
        (gradient * weight.conj()).real.sum()
        for gradient, weight in zip(gradients, weights, strict=True)
        if gradient is not None and gradient.requires_grad
    ]
    if not terms:
        return [None] * len(wrt)
    total = torch.stack(terms).sum()
    return torch.autograd.grad(total, wrt, allow_unused=True, retain_graph=True)


def compare(
    what: str,
    got: Sequence[Tensor | None],
    want: Sequence[Tensor | None],
    tolerance: float = 1e-7,
    rounding: float = 1e-14,
) -> None:
    """Compare where autograd is finite; an absent gradient is zero.

    Args:
        rounding: of the largest element, which is left where huge terms cancel.
    """
    for place, mine, its in pairs(got, want):
        scale = float(its.abs().max()) if its.numel() else 0.0
        near = torch.isclose(
            mine, its, rtol=tolerance, atol=max(tolerance, scale * rounding)
        )
        judge(f"{what} of tensor {place}", mine, its, near)


def compare_finite(
    what: str, got: Sequence[Tensor | None], want: Sequence[Tensor | None]
) -> None:
    """Compare only whether there is a number, where autograd has one."""
    for place, mine, its in pairs(got, want):
        judge(f"{what} of tensor {place}", mine, its, torch.isfinite(mine))


def pairs(
    got: Sequence[Tensor | None], want: Sequence[Tensor | None]
) -> Iterator[tuple[int, Tensor, Tensor]]:
    for place, (mine, its) in enumerate(zip(got, want, strict=True)):
        if mine is not None or its is not None:
            mine = torch.zeros_like(its) if mine is None else mine.detach()
            its = torch.zeros_like(mine) if its is None else its.detach()
            finite = torch.isfinite(its)
            yield place, mine[finite], its[finite]


def judge(what: str, mine: Tensor, its: Tensor, right: Tensor) -> None:
    if not bool(right.all()):
        first = int((~right).nonzero()[0])
        raise Wrong(
            f"{what}: {mine[first].item()}, where autograd has {its[first].item()}"
            f" ({int((~right).sum())} of {right.numel()} differ)"
        )


def cotangents_of(sample: Sample, out: Any) -> list[Tensor | None]:
    """Draw one for each output, through `finish` where only that is well defined."""
    outputs = tensors_of(out)
    wanted = [each for each in outputs if each.requires_grad]
    finished = sample.finish(out) if sample.finish is not None else out
    if finished is out:
        made = [torch.randn_like(each).requires_grad_() for each in wanted]
    else:
        ends = differentiable(finished)
        made = list(
            torch.autograd.grad(
                ends,
                wanted,
                [torch.randn_like(each) for each in ends],
                retain_graph=True,
                allow_unused=True,
            )
        )
    drawn = iter(made)
    return [next(drawn) if each.requires_grad else None for each in outputs]


def leaves_of(sample: Sample) -> list[Tensor]:
    return [each for each in sample.tensors() if each.requires_grad]


def tensors_of(out: Any) -> list[Tensor]:
    return [out] if isinstance(out, Tensor) else list(out)


def differentiable(out: Any) -> list[Tensor]:
    return [each for each in tensors_of(out) if each.requires_grad]
