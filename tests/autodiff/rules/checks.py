"""What a rule owes to one sample."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from tests.autodiff.rules.gradients import (
    NothingToCompareWith,
    Wrong,
    by_autograd,
    by_rule,
    compare,
    compare_finite,
    cotangents_of,
    differentiable,
    differentiated,
    leaves_of,
)
from tests.autodiff.rules.samples import Sample
from tests.autodiff.rules.subject import Subject

# Each pair of them is tried on an elementwise rule: ties, kinks, and where exp overflows.
AWKWARD = (0.0, 1.0, -1.0, 0.5, -0.5, 3.0, -3.0, 6.0, 1e4, -1e4)
# dtype, and how far from autograd's own answer in it: both round, by different formulas.
NARROW = ((torch.float32, 1e-3), (torch.bfloat16, 0.1))


class Named(float):
    """A float argument of the user's: what its value is, no rule may ask."""

    def _refuse(self, *_: object) -> bool:
        raise Wrong("the rule looks at the value of a float argument")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = _refuse
    __hash__ = float.__hash__


def is_right_for(subject: Subject, sample: Sample) -> bool:
    """Check all that a rule owes to one sample; False where nothing is differentiable in it."""
    out = sample.run()
    if not differentiable(out):
        return False
    check_gradients(subject, sample, compare)
    if sample.finish is None or sample.finish(out) is out:
        for awkward in awkward_of(subject, sample):
            check_awkward(subject, awkward)
        for dtype, tolerance in NARROW:
            check_dtype(subject, sample, dtype, tolerance)
    if subject.is_elementwise:
        check_broadcast(subject, sample)
    return True


def check_gradients(
    subject: Subject, sample: Sample, compare_second: Callable[..., None]
) -> None:
    """Differentiate once, and both gradients once more along the same random direction."""
    out = sample.run()
    cotangents = cotangents_of(sample, out)
    want = by_autograd(sample, out, cotangents)
    got = by_rule(subject, sample, out, cotangents)
    compare("gradient", got, want)
    by_name = by_rule(subject, named(sample), out, cotangents)
    compare("gradient for numbers by name", by_name, want)
    leaves = leaves_of(sample)
    wrt = [*leaves, *(each for each in cotangents if each is not None)]
    weights = [torch.randn_like(each) for each in leaves]
    try:
        second = differentiated(want, weights, wrt)
    except RuntimeError:
        return  # autograd has no second derivative of its own to compare with
    compare_second("second derivative", differentiated(got, weights, wrt), second)


def check_awkward(subject: Subject, sample: Sample) -> None:
    """Agree with autograd at zeros, ties and huge numbers, wherever it is finite.

    A second derivative at a kink is a choice; it has to be finite, and no more.
    """
    try:
        if not differentiable(sample.run()):
            return
    except (RuntimeError, ValueError):
        return  # the operation itself does not take such numbers
    try:
        check_gradients(subject, sample, compare_finite)
    except NothingToCompareWith:
        return
    except Wrong as error:
        raise Wrong(f"at awkward values: {error}") from error


def awkward_of(subject: Subject, sample: Sample) -> Iterator[Sample]:
    floats = [each for each in sample.tensors() if each.is_floating_point()]
    if not subject.is_elementwise:
        yield sample.mapped(lambda each: filled(each, (0.0,)))
        yield sample.mapped(lambda each: filled(each, (1e4, -1e4)))
    elif 1 <= len(floats) <= 3:
        values = torch.tensor(AWKWARD, dtype=torch.float64)
        grid = torch.cartesian_prod(*[values] * len(floats)).reshape(-1, len(floats))
        columns = iter(grid.repeat_interleave(2, 0).unbind(1))
        length = 2 * len(grid)
        yield sample.mapped(
            lambda each: (
                next(columns).clone().requires_grad_(each.requires_grad)
                if each.is_floating_point()
                else (torch.arange(length) % 2).to(each.dtype)
            )
        )


def filled(tensor: Tensor, values: Sequence[float]) -> Tensor:
    if not tensor.is_floating_point():
        return tensor
    repeated = torch.tensor(values).repeat(tensor.numel())[: tensor.numel()]
    placed = repeated.to(tensor).reshape(tensor.shape)
    return placed.requires_grad_(tensor.requires_grad)


def check_dtype(
    subject: Subject, sample: Sample, dtype: torch.dtype, tolerance: float
) -> None:
    """Keep a narrow dtype without the engine's cast, and stay near autograd."""
    if any(each.is_complex() for each in sample.tensors()):
        return
    narrow = sample.mapped(lambda each: cast(each, dtype))
    try:
        out = narrow.run()
        if {each.dtype for each in differentiable(out)} != {dtype}:
            return
        cotangents = cotangents_of(narrow, out)
        want = by_autograd(narrow, out, cotangents)
    except (RuntimeError, TypeError, NothingToCompareWith):
        return  # the operation has no kernel for it, or the call names another dtype
    got = by_rule(subject, narrow, out, cotangents, keeps=True)
    compare(f"gradient in {dtype}", got, want, tolerance, tolerance)


def cast(tensor: Tensor, dtype: torch.dtype) -> Tensor:
    if not tensor.is_floating_point():
        return tensor
    return tensor.detach().to(dtype).requires_grad_(tensor.requires_grad)


def check_broadcast(subject: Subject, sample: Sample) -> None:
    """Take a cotangent that only broadcasts to the output."""
    out = sample.run()
    small = torch.randn((1,) * out.dim(), dtype=out.dtype)
    want = by_autograd(sample, out, [small.expand(out.shape)])
    got = by_rule(subject, sample, out, [small])
    compare("gradient for a cotangent that broadcasts", got, want)


def named(sample: Sample) -> Sample:
    def change(value: Any) -> Any:
        return Named(value) if type(value) is float and math.isfinite(value) else value

    args = tuple(change(each) for each in sample.args)
    kwargs = {name: change(each) for name, each in sample.kwargs.items()}
    return Sample(sample.function, args, kwargs, sample.finish)
