"""Values and derivatives of a sample's function, the same on every call."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd import grad

from tests.autodiff.op_database.sample import Sample

SEED = 42  # of the random operators, before every call

Function = Callable[..., Any]


def values(function: Function, sample: Sample) -> list[Tensor]:
    return run(function, sample)[1]


def gradients(
    function: Function, sample: Sample, *, keep_graph: bool = False
) -> list[Tensor]:
    """Differentiate once, from random cotangents; keep_graph as for a second time."""
    inputs, answers = run(function, sample)
    return differentiated(answers, inputs, keep_graph)


def second_gradients(function: Function, sample: Sample) -> list[Tensor]:
    """Differentiate the gradients in their turn."""
    inputs, answers = run(function, sample)
    return differentiated(differentiated(answers, inputs, True), inputs, False)


def run(function: Function, sample: Sample) -> tuple[list[Tensor], list[Tensor]]:
    """Call a function on fresh leaves; give those that want a gradient, and what it returns."""
    tensors = [
        each.detach().clone().requires_grad_(each.requires_grad)
        for each in sample.tensors
    ]
    torch.manual_seed(SEED)
    answer = function(*tensors)
    answers = [answer] if isinstance(answer, Tensor) else list(answer)
    return [tensors[place] for place in sample.wanted], answers


def differentiated(
    outputs: Sequence[Tensor], inputs: Sequence[Tensor], keep_graph: bool
) -> list[Tensor]:
    """Differentiate outputs by inputs, with zeros where nothing flows."""
    drawn = zip(outputs, cotangents(outputs), strict=True)
    joined = [(output, each) for output, each in drawn if output.requires_grad]
    if not joined:
        return [torch.zeros_like(each) for each in inputs]
    differentiable, weights = zip(*joined, strict=True)
    found = grad(
        differentiable, inputs, weights, allow_unused=True, create_graph=keep_graph
    )
    return [
        torch.zeros_like(each) if gradient is None else gradient
        for gradient, each in zip(found, inputs, strict=True)
    ]


def cotangents(outputs: Sequence[Tensor]) -> list[Tensor]:
    """Draw one for each output: whichever require grad, however they lie in memory."""
    torch.manual_seed(1)
    return [
        (
            torch.randn(each.shape, dtype=each.dtype)
            if each.is_floating_point() or each.is_complex()
            else each
        )
        for each in outputs
    ]


def are_close(ours: Sequence[Tensor], theirs: Sequence[Tensor]) -> bool:
    """Compare values, with their shapes and dtypes; nan is nan."""
    try:
        torch.testing.assert_close(list(ours), list(theirs), equal_nan=True)
    except AssertionError:
        return False
    return True


def agree(ours: Sequence[Tensor], theirs: Sequence[Tensor], rtol: float) -> bool:
    """Compare derivatives, with their shapes and dtypes, wherever autograd's is a number."""
    if [each.shape for each in ours] != [each.shape for each in theirs]:
        return False
    unknown = [each.isnan() for each in theirs]
    known = [
        [each.masked_fill(where, 0) for each, where in zip(side, unknown, strict=True)]
        for side in (ours, theirs)
    ]
    try:
        torch.testing.assert_close(*known, rtol=rtol, atol=rtol / 100)
    except AssertionError:
        return False
    return True
