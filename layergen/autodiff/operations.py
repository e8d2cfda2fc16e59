"""Every spelling of an operation, brought to one name: `x.view_as(y)`, `x.reshape(...)`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import torch
import torch.nn.functional as F
from torch.overrides import resolve_name

from layergen.ir.graph import Syntax

__all__ = ["BELOW", "Operation", "is_in_place", "operation", "twin"]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of torch.

    Attributes:
        op: canonical name: "softmax", "linalg.vector_norm", "add".
        name: as it is spelled: "torch.softmax", "sum", "mT".
    """

    op: str
    name: str
    syntax: Syntax

    @property
    def is_below(self) -> bool:
        """Whether it is called by its path in torch.ops: its arguments are the schema's own."""
        return self.name.startswith(BELOW)


BELOW = "torch.ops."
OPERATORS: Mapping[str, str] = MappingProxyType(
    {
        "__add__": "add",
        "__radd__": "add",
        "__sub__": "sub",
        "__rsub__": "rsub",
        "__mul__": "mul",
        "__rmul__": "mul",
        "__truediv__": "div",
        "__div__": "div",
        "__rtruediv__": "rdiv",
        "__rdiv__": "rdiv",
        "__pow__": "pow",
        "__rpow__": "rpow",
        "__neg__": "neg",
        "__matmul__": "matmul",
        "__rmatmul__": "rmatmul",
        "__abs__": "abs",
        "__and__": "bitwise_and",
        "__rand__": "bitwise_and",
        "__or__": "bitwise_or",
        "__ror__": "bitwise_or",
        "__xor__": "bitwise_xor",
        "__invert__": "bitwise_not",
        "__gt__": "gt",
        "__lt__": "lt",
        "__ge__": "ge",
        "__le__": "le",
        "__eq__": "eq",
        "__ne__": "ne",
        "__mod__": "remainder",
        "__rmod__": "rremainder",
        "__floordiv__": "floor_divide",
        "__iadd__": "add_",
        "__isub__": "sub_",
        "__imul__": "mul_",
        "__itruediv__": "div_",
        "__idiv__": "div_",
        "__ipow__": "pow_",
    }
)
# Methods of Tensor that Python calls for an operator; they arrive under their own names.
FOR_OPERATORS = frozenset(
    [
        "add",
        "sub",
        "mul",
        "div",
        "true_divide",
        "pow",
        "neg",
        "matmul",
        "gt",
        "lt",
        "ge",
        "le",
        "eq",
        "ne",
    ]
)
INFIX = frozenset(OPERATORS.values()) - {
    "abs",
    "floor_divide",
    "remainder",
    "rremainder",
}
ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "absolute": "abs",
        "arccos": "acos",
        "arccosh": "acosh",
        "arcsin": "asin",
        "arcsinh": "asinh",
        "arctan": "atan",
        "arctan2": "atan2",
        "arctanh": "atanh",
        "clip": "clamp",
        "col2im": "fold",
        "concat": "cat",
        "concatenate": "cat",
        "divide": "div",
        "fix": "trunc",
        "greater": "gt",
        "greater_equal": "ge",
        "im2col": "unfold",
        "less": "lt",
        "less_equal": "le",
        "log_sigmoid": "logsigmoid",
        "moveaxis": "movedim",
        "multiply": "mul",
        "negative": "neg",
        "not_equal": "ne",
        "row_stack": "vstack",
        "subtract": "sub",
        "swapaxes": "transpose",
        "swapdims": "transpose",
        "true_divide": "div",
        "view": "reshape",
        "view_as": "reshape_as",
        "special.digamma": "digamma",
        "special.erf": "erf",
        "special.erfc": "erfc",
        "special.erfinv": "erfinv",
        "special.exp2": "exp2",
        "special.expit": "sigmoid",
        "special.expm1": "expm1",
        "special.gammaln": "lgamma",
        "special.i0": "i0",
        "special.log1p": "log1p",
        "special.log_softmax": "log_softmax",
        "special.logit": "logit",
        "special.logsumexp": "logsumexp",
        "special.multigammaln": "mvlgamma",
        "special.polygamma": "polygamma",
        "special.psi": "digamma",
        "special.round": "round",
        "special.sinc": "sinc",
        "special.softmax": "softmax",
        "special.xlogy": "xlogy",
        "linalg.matmul": "matmul",
    }
)
NAMESPACES: Mapping[str, str] = MappingProxyType(
    {
        "torch.special.": "special.",
        "torch.linalg.": "linalg.",
        "torch.fft.": "fft.",
    }
)


@cache
def operation(func: Callable[..., Any]) -> Operation:
    """Name a function, method, attribute or operator of torch."""
    name = getattr(func, "__name__", str(func))
    if name in ("__get__", "__set__"):
        attribute = func.__self__.__name__  # type: ignore[attr-defined] # a descriptor's
        return Operation(
            attribute if name == "__get__" else "set", attribute, Syntax.ATTRIBUTE
        )
    if name in ("__getitem__", "__setitem__"):
        return Operation(name.strip("_"), name, Syntax.INDEX)
    home = getattr(func, "__module__", "")
    if home == "torch.nn.grad":
        return Operation(name, f"{home}.{name}", Syntax.FUNCTION)
    path = resolve_name(func) or f"{home}.{name}"
    if home.startswith("torch._ops."):
        return Operation(name.partition(".")[0], BELOW + path, Syntax.FUNCTION)
    if name in OPERATORS or (
        path.startswith("torch.Tensor.__") and name in FOR_OPERATORS
    ):
        op = OPERATORS.get(name, name)
        op = ALIASES.get(op, op)
        syntax = Syntax.OPERATOR if op in INFIX else Syntax.METHOD
        return Operation(op, op, syntax)
    return named(name, path)


def named(name: str, path: str) -> Operation:
    """Name a function or a method by its public path."""
    if path.startswith("torch.Tensor."):
        if name in FOR_OPERATORS:
            return Operation(ALIASES.get(name, name), name, Syntax.OPERATOR)
        return Operation(ALIASES.get(name, name), name, Syntax.METHOD)
    for start, space in NAMESPACES.items():
        if path.startswith(start):
            op = space + path.removeprefix(start)
            return Operation(ALIASES.get(op, op), path, Syntax.FUNCTION)
    plain = ALIASES.get(name, name)
    if path.startswith(("torch.nn.functional.", "torch._C._nn.")) or (
        not hasattr(torch, name) and hasattr(F, name)
    ):
        own = "logsigmoid" if name == "log_sigmoid" else name
        return Operation(plain, f"F.{own}", Syntax.FUNCTION)
    if not hasattr(torch, name):
        return Operation(plain, name, Syntax.METHOD)
    return Operation(plain, f"torch.{name}", Syntax.FUNCTION)


def is_in_place(found: Operation, kwargs: Mapping[str, Any]) -> bool:
    """Tell whether a call changes its first argument: `x.add_(1)`, `F.relu(x, inplace=True)`."""
    if kwargs.get("inplace") is True or found.op == "setitem":
        return True
    name = found.op.rpartition(".")[2]
    return name.endswith("_") and not name.endswith("__") and len(name) > 1


def twin(found: Operation) -> Callable[..., Any] | None:
    """Find the function that gives what an in-place one leaves behind."""
    name = found.op.rpartition(".")[2].removesuffix("_")
    for home in (torch.Tensor, torch, F):
        if callable(function := getattr(home, name, None)):
            return function  # type: ignore[no-any-return] # callable, as asked
    return None
