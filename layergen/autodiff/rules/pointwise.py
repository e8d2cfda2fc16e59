"""Functions of one number."""

from collections.abc import Mapping
from typing import Any, Final

from torch import Tensor

from layergen.autodiff.rules.rule import Rule

__all__ = ["ELEMENTWISE", "RULES"]

ELEMENTWISE: Final = True  # a gradient may be smaller than the output, and broadcast to it


def exp(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, exp."""
    return (grad * out,)


def sigmoid(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    """Source: derivatives.yaml, sigmoid."""
    return (grad * out * (1 - out),)


RULES: Mapping[str, Rule] = {"exp": exp, "sigmoid": sigmoid}
