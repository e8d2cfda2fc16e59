"""The faults that the issue names: wrong at a kink, naive at large numbers, burnt in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from unittest import mock

import torch
import torch.nn.functional as F
from torch import Tensor

from layergen import deriving
from layergen.autodiff import reverse
from layergen.autodiff.rules.rule import Rule
from layergen.autodiff.rules.table import RULES
from layergen.deriving import executed
from layergen.errors import CannotDerive
from tests.benchmarks.rule_mutants.judge import check_behind

__all__ = ["FAULTS", "Fault", "caught_by"]


def relu(x: Tensor) -> Tensor:
    return F.relu(x)


def sigmoid(x: Tensor) -> Tensor:
    return torch.sigmoid(x)


def softplus(x: Tensor) -> Tensor:
    return F.softplus(x)


def average(x: Tensor) -> Tensor:
    return x.mean()


def leaky_relu(x: Tensor, slope: float) -> Tensor:
    return F.leaky_relu(x, slope)


def one_at_zero(grad: Tensor, out: Tensor, input: Tensor, inplace: bool = False) -> Any:
    return (torch.where(input >= 0, grad, 0),)


def naive_sigmoid(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    exp = torch.exp(-input)
    return (grad * exp / (1 + exp) ** 2,)


def naive_softplus(
    grad: Tensor, out: Tensor, input: Tensor, beta: float = 1, threshold: float = 20
) -> Any:
    exp = torch.exp(beta * input)
    return (grad * exp / (1 + exp),)


def on_the_cpu(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    ones = torch.ones(input.shape, dtype=input.dtype, device="cpu")
    return (grad * out * (ones - out),)


def of_fifteen(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    return (grad / 15,)


def of_the_example(grad: Tensor, out: Tensor, input: Tensor) -> Any:
    return (grad / int(input.numel()),)


def of_one_slope(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    negative_slope: float = 0.01,
    inplace: bool = False,
) -> Any:
    return (torch.where(input > 0, grad, 0.3 * grad),)


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that is wrong in one way, or a printed backward that is.

    Attributes:
        check: of the gate, which is to catch it.
        key: of the rule whose place `rule` takes.
        change: old words of the source, and new ones.
    """

    name: str
    forward: Callable[..., Any]
    inputs: Sequence[Any]
    check: str
    key: str = ""
    rule: Rule | None = None
    change: tuple[str, str] = ("", "")


X = torch.linspace(-1.9, 2.1, 15, dtype=torch.float64).reshape(3, 5)
# The printer spells a dtype by that of an input: a rule alone can't burn one in.
IN_FLOAT64 = ("grad_x = grad_out", "grad_x = grad_out.double()")
FAULTS = (
    Fault("relu's gradient 1 at 0", relu, (X,), "magnitudes", "relu", one_at_zero),
    Fault("a naive sigmoid", sigmoid, (X,), "magnitudes", "sigmoid", naive_sigmoid),
    Fault("a naive softplus", softplus, (X,), "magnitudes", "softplus", naive_softplus),
    Fault("a burnt-in dtype", sigmoid, (X,), "dtypes", change=IN_FLOAT64),
    Fault("a burnt-in device", sigmoid, (X,), "device", "sigmoid", on_the_cpu),
    Fault("a burnt-in size", average, (X,), "values", "mean", of_fifteen),
    Fault("a size made an int", average, (X,), "burnt-in", "mean", of_the_example),
    Fault(
        "a burnt-in scalar", leaky_relu, (X, 0.3), "values", "leaky_relu", of_one_slope
    ),
)


def caught_by(fault: Fault) -> str:
    """Derive with a fault; name the check that refuses it, or ""."""
    rules = {fault.key: fault.rule} if fault.key else {}

    def changed(source: str, name: str) -> Callable[..., Any]:
        old, new = fault.change
        assert old in source
        return executed(source.replace(old, new) if old else source, name)

    try:
        with (
            mock.patch.object(reverse, "RULES", {**RULES, **rules}),
            mock.patch.object(deriving, "executed", changed),
        ):
            deriving.derive(fault.forward, fault.inputs)
    except CannotDerive as error:
        return check_behind(error)
    return ""
