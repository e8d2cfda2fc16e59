"""Find the arguments that must be real: without conjugates a backward is wrong at complex ones."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from torch import Tensor

from layergen.autodiff.rerun import runs
from layergen.ir.gradients import Gradients

__all__ = ["with_real"]

ALONE = 8  # arguments made complex one at a time; of more, only all together


def with_real(
    gradients: Gradients, function: Callable[..., Any], inputs: Sequence[Any]
) -> Gradients:
    """Note the real arguments that the forward takes as complex numbers too.

    A backward that keeps nothing is linear in the incoming gradient, whatever the arguments
    are, so that it holds for both.

    Args:
        gradients: as derived at the inputs.
        function: the forward.
        inputs: one value for each of its arguments.
    """
    is_complex = any(each.dtype.startswith("complex") for each in gradients.graph.nodes)
    if not gradients.saved and not is_complex:
        return gradients
    real = [
        at
        for at, each in enumerate(inputs)
        if isinstance(each, Tensor) and each.is_floating_point()
    ]
    found = next((each for each in tried(real) if takes(function, inputs, each)), ())
    return replace(gradients, real=tuple(gradients.names[at] for at in real if found))


def tried(real: Sequence[int]) -> Iterator[Sequence[int]]:
    """Choose which arguments to make complex."""
    yield real
    for at in real[:ALONE] if len(real) > 1 else ():
        yield [at]


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
