"""Pair what a rule gives with the operands of the call."""

import inspect
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from torch import Tensor

from layergen.autodiff.rules.rule import Rule
from layergen.ir.graph import Value

__all__ = ["gradients_of"]


@cache
def parameters_of(rule: Rule) -> tuple[inspect.Parameter, ...]:
    """List a rule's parameters after the gradient and the result."""
    return tuple(inspect.signature(rule).parameters.values())[2:]


def gradients_of(
    rule: Callable[..., Any] | None,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    found: Sequence[Any],
) -> list[tuple[Value, Tensor]]:
    """Pair what a rule gives with the operands of the call."""
    assert rule is not None
    parameters = parameters_of(rule)
    names = [each.name for each in parameters]
    given = list(zip(args, found, strict=False))
    starred = [
        at for at, each in enumerate(parameters) if each.kind is each.VAR_POSITIONAL
    ]
    if starred and len(found) > starred[0] and is_listed(found[starred[0]]):
        at = starred[0]
        given = [*zip(args[:at], found, strict=False), (args[at:], found[at])]
    for name, value in kwargs.items():
        if name in names and names.index(name) < len(found):
            given.append((value, found[names.index(name)]))
    pairs: list[tuple[Value, Tensor]] = []
    for operand, gradient in given:
        pairs += paired(operand, gradient)
    return pairs


def is_listed(found: Any) -> bool:
    """Tell whether a rule gives one list for all of its starred operands."""
    return isinstance(found, tuple | list)


def paired(operand: Any, gradient: Any) -> list[tuple[Value, Tensor]]:
    """Pair an operand, or each of a list of operands, with its gradient."""
    if gradient is None:
        return []
    if isinstance(operand, Value):
        return [(operand, gradient)]
    if isinstance(operand, tuple | list) and isinstance(gradient, tuple | list):
        found = [
            paired(one, other) for one, other in zip(operand, gradient, strict=False)
        ]
        return [each for pairs in found for each in pairs]
    return []
