"""Find the arguments that must be real: without conjugates a backward is wrong at complex ones."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.rerun import runs
from layergen.autodiff.tape import leaves
from layergen.ir.gradients import Gradients

__all__ = ["with_real"]

FEW = (
    8  # arguments made complex in every choice of one or two of them, or of all but one
)


def with_real(
    gradients: Gradients, function: Callable[..., Any], inputs: Sequence[Any]
) -> Gradients:
    """Note the real arguments that the forward takes as complex numbers too.

    The backward of what is linear, and keeps nothing, holds for both.

    Args:
        gradients: as derived at the inputs.
        function: the forward.
        inputs: one value for each of its arguments.
    """
    real = [
        at
        for at, each in enumerate(inputs)
        if isinstance(each, Tensor) and each.is_floating_point()
    ]
    is_complex = any(each.dtype.startswith("complex") for each in gradients.graph.nodes)
    kept = gradients.saved or is_complex
    if not kept and is_linear(function, inputs, real):
        return gradients
    found = next((each for each in tried(real) if takes(function, inputs, each)), ())
    return replace(gradients, real=tuple(gradients.names[at] for at in real if found))


def tried(real: Sequence[int]) -> Iterator[Sequence[int]]:
    """Choose which arguments to make complex."""
    yield real
    first = real[:FEW]
    for count in {1, 2, len(first) - 1} - {0, len(real)}:
        yield from combinations(first, count)


def is_linear(
    function: Callable[..., Any], inputs: Sequence[Any], real: Sequence[int]
) -> bool:
    """Tell whether a forward of tensors alone turns with its inputs, as conjugates do not."""
    if len(real) < len(inputs):
        return False
    plain = [each.to(each.dtype.to_complex()) for each in inputs]
    try:
        straight, turned = (
            function(*args) for args in (plain, [1j * e for e in plain])
        )
    except Exception:
        return True  # it takes none
    pairs = zip(leaves([straight], Tensor), leaves([turned], Tensor), strict=True)
    return all(
        other.is_complex() and torch.allclose(1j * one, other) for one, other in pairs
    )


def takes(
    function: Callable[..., Any], inputs: Sequence[Any], positions: Sequence[int]
) -> bool:
    """Tell whether the forward takes complex numbers at some positions."""
    args = [
        each.to(each.dtype.to_complex()) if at in positions else each
        for at, each in enumerate(inputs)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # imaginary parts that are dropped
        return runs(function, args)
