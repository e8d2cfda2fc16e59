"""Example inputs as tensors."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from layergen.spec.inputs import Example
from layergen.spec.model import Argument, ArgumentType

__all__ = ["changed", "drawn", "taken"]


def drawn(
    arguments: Sequence[Argument],
    example: Example,
    *,
    positive: bool,
    dtype: torch.dtype = torch.float64,
) -> list[Any]:
    """Draw the tensor arguments of an example: as the generated tests will, None left out."""
    generator = torch.Generator().manual_seed(0)
    shapes = dict(example.shapes)
    found: list[Any] = []
    for each in arguments:
        if not each.type.is_tensor:
            continue
        shape = shapes.get(each.name)
        if shape is None:
            found.append(None)
        elif each.type is ArgumentType.INDEX:
            found.append(torch.randint(2, shape, generator=generator))
        else:
            found.append(values(shape, generator, positive).to(dtype).requires_grad_())
    return found


def values(
    shape: tuple[int, ...], generator: torch.Generator, positive: bool
) -> Tensor:
    """Draw from the normal distribution, or from (0.1, 0.9)."""
    if positive:
        return 0.1 + 0.8 * torch.rand(shape, generator=generator, dtype=torch.float64)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def changed(inputs: Sequence[Any], dtype: torch.dtype) -> list[Any]:
    """Take the inputs to another dtype, as new leaves."""
    return [
        (
            each.detach().to(dtype).requires_grad_()
            if isinstance(each, Tensor) and each.is_floating_point()
            else each
        )
        for each in inputs
    ]


def taken(own_inputs: Callable[[], Any]) -> list[Any]:
    """Take the tensors of a user's example_inputs(), floating ones to float64, as leaves."""
    torch.manual_seed(0)
    given = [each for each in own_inputs() if each is None or isinstance(each, Tensor)]
    return changed(given, torch.float64)
