"""An operation's definition by others, judged as a rule: its value, and autograd through it."""

import inspect
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


def as_rule(definition: Callable[..., Any]) -> Callable[..., Any]:
    """Differentiate through what the operation is defined as."""

    def rule(grad: Any, out: Any, *args: Any, **kwargs: Any) -> Any:
        with torch.enable_grad():
            result = definition(*args, **kwargs)
        if result is NotImplemented:
            return NotImplemented
        check_value(result, out)
        bound = signature.bind(*args, **kwargs)
        ends = [
            (end, its)
            for end, its in zip(tensors(result), tensors(grad), strict=True)
            if its is not None and end.requires_grad
        ]
        return tuple(
            gradient_of(bound.arguments.get(name), ends)
            for name in signature.parameters
        )

    signature = inspect.signature(definition)
    leading = [
        inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY)
        for name in ("grad", "out")
    ]
    parameters = [*leading, *signature.parameters.values()]
    rule.__signature__ = signature.replace(parameters=parameters)
    return rule


def check_value(result: Any, out: Any) -> None:
    """Narrow dtypes round by the way; their gradients are compared all the same."""
    for mine, its in zip(tensors(result), tensors(out), strict=True):
        if its.dtype is torch.float64:
            finite = torch.isfinite(its)
            torch.testing.assert_close(mine[finite], its[finite])


def tensors(value: Any) -> list[Any]:
    return list(value) if isinstance(value, tuple | list) else [value]


def gradient_of(argument: Any, ends: list[tuple[Tensor, Tensor]]) -> Any:
    """Differentiate by one argument; by each tensor of a list."""
    if isinstance(argument, tuple | list):
        if not any(isinstance(each, Tensor) for each in argument):
            return None
        return [gradient_of(each, ends) for each in argument]
    if not isinstance(argument, Tensor) or not argument.requires_grad or not ends:
        return None
    results, grads = zip(*ends, strict=True)
    (gradient,) = torch.autograd.grad(
        results, argument, grads, create_graph=True, allow_unused=True
    )
    return gradient
