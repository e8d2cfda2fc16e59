"""Bring a call of torch to one spelling, so that what means the same is recorded the same."""

import inspect
import operator
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import torch

from layergen.autodiff.named import plain
from layergen.autodiff.operations import Operation
from layergen.autodiff.tape import ShapeRef, mapped
from layergen.ir.graph import Phase, Syntax, Value

__all__ = ["bare", "canonical", "is_plain", "list_of", "literal", "spellings"]

# `2 - x` reaches torch as rsub(x, 2); what is recorded is sub(2, x), and runs as it says.
REFLECTED = {
    f"r{name}": (function, Operation(name, name, Syntax.OPERATOR))
    for name, function in (
        ("sub", operator.sub),
        ("div", operator.truediv),
        ("pow", operator.pow),
        ("matmul", operator.matmul),
    )
} | {
    "rremainder": (
        torch.remainder,
        Operation("remainder", "torch.remainder", Syntax.FUNCTION),
    )
}
REDUCTIONS = frozenset(
    ["all", "amax", "amin", "any", "logsumexp", "mean", "nansum", "std", "sum", "var"]
)

# What can stand in a call beside tensors; slices and lists of these as well.
PLAIN = (
    bool,
    int,
    float,
    complex,
    str,
    torch.SymInt,
    torch.SymFloat,
    torch.SymBool,
    torch.dtype,
    torch.device,
    torch.layout,
    torch.memory_format,
    ShapeRef,
    Value,
)

# What torch takes Python's for, as in `dtype=bool`.
DTYPES = {bool: torch.bool, int: torch.int64, float: torch.float64}
# numpy's words for torch's; torch takes both.
NUMPY_NAMES = {"axis": "dim", "keepdims": "keepdim"}
DETACH = Operation("detach", "detach", Syntax.METHOD)
COMMUTATIVE = frozenset(["add", "mul"])
BY_AXIS = frozenset(["segment_reduce"])  # what calls a dimension nothing else
# Methods that take sizes or dimensions one by one, or as one tuple.
ONE_BY_ONE = frozenset(["expand", "flip", "permute", "repeat", "reshape", "tile"])

Call = tuple[Callable[..., Any], Operation, tuple[Any, ...], Mapping[str, Any]]


def canonical(
    func: Callable[..., Any],
    found: Operation,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
) -> Call:
    """Bring a call to one spelling."""
    if found.op not in BY_AXIS:
        kwargs = {NUMPY_NAMES.get(name, name): each for name, each in kwargs.items()}
    args = with_one_tuple(found, args)
    args, kwargs = with_one_dim(found, args, kwargs)
    kwargs = without_defaults(func, kwargs)
    if found.op == "data":  # what it shares with its tensor, nobody may change
        func, found = torch.Tensor.detach, DETACH
    if found.op in REFLECTED:
        func, found = REFLECTED[found.op]
        args = (args[1], args[0])
    return func, found, args, kwargs


def with_one_tuple(found: Operation, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Gather what was given one by one: `x.permute(2, 0, 1)` is x.permute((2, 0, 1))."""
    if found.op not in ONE_BY_ONE or found.syntax is not Syntax.METHOD or len(args) < 2:
        return args
    if isinstance(args[1], tuple | list | torch.dtype):
        return args
    return (args[0], tuple(args[1:]))


def with_one_dim(
    found: Operation, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
    """Spell a reduction along one dimension `x.sum(-1)`, and not `x.sum((-1,))`."""
    if found.op not in REDUCTIONS:
        return args, kwargs
    if len(args) == 1 and "keepdim" in kwargs and kwargs.get("dim", 0) is None:
        args = (*args, None)  # along all: torch takes no keepdim without a dim
    if len(args) > 1 and isinstance(args[1], tuple | list) and len(args[1]) == 1:
        args = (args[0], args[1][0], *args[2:])
    dim = kwargs.get("dim")
    if isinstance(dim, tuple | list) and len(dim) == 1:
        kwargs = {**kwargs, "dim": dim[0]}
    return args, kwargs


def without_defaults(
    func: Callable[..., Any], kwargs: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Leave out what torch's own Python functions spell out as they call on."""
    if not kwargs or (defaults := defaults_of(func)) is None:
        return {name: each for name, each in kwargs.items() if each is not None}
    return {
        name: each
        for name, each in kwargs.items()
        if name != "_stacklevel" and not is_default(each, defaults.get(name))
    }


@cache
def defaults_of(func: Callable[..., Any]) -> Mapping[str, Any] | None:
    """Read a function's defaults, where it is written in Python or in torch.ops."""
    if home_of(func).startswith("torch._ops."):
        return defaults_of_operator(func)
    try:
        parameters = inspect.signature(func).parameters
    except (TypeError, ValueError):
        return None
    return {name: each.default for name, each in parameters.items()}


def home_of(func: Callable[..., Any]) -> str:
    """Name the module of a function."""
    return getattr(func, "__module__", None) or ""


def defaults_of_operator(func: Any) -> Mapping[str, Any]:
    """Read the defaults of an overload of torch.ops; of several, nobody knows which is called."""
    if hasattr(func, "_schema"):
        return {
            each.name: each.default_value if each.has_default_value() else each
            for each in func._schema.arguments
        }
    overloads = (getattr(func, each)._schema for each in func.overloads())
    return {each.name: each for schema in overloads for each in schema.arguments}


def is_default(value: Any, default: Any) -> bool:
    """Tell whether a plain value is the default; a named number never is."""
    simple = isinstance(value, bool | str) or type(value) in (int, float)
    return value is default or (simple and value == default)


def bare(found: Any) -> Any:
    """Give torch numbers and shapes without their names."""
    return mapped(
        lambda leaf: tuple(leaf) if isinstance(leaf, ShapeRef) else plain(leaf), found
    )


def literal(value: Any) -> Any:
    """Take a plain number for one of numpy's, and torch's own dtype for one of Python's."""
    if isinstance(value, type) and value in DTYPES:
        return DTYPES[value]
    if type(value).__module__ != "numpy" or not hasattr(value, "item"):
        return value
    return value.item() if getattr(value, "ndim", 1) == 0 else value


def is_plain(value: Any) -> bool:
    """Tell whether an argument of a call can be written down."""
    return value is None or value is ... or isinstance(value, PLAIN)


def list_of(result: Any) -> Any:
    """See the results of an operation as a tuple, named tuples too."""
    return tuple(result) if isinstance(result, tuple | list) else result


def spellings(
    found: Operation, own: tuple[tuple[Any, ...], Mapping[str, Any]], phase: Phase
) -> list[tuple[Operation, str]]:
    """Spell a call, and in backward, where it is x + y or x * y, the other way round as well."""
    args, kwargs = own
    orders = [args]
    if phase is Phase.BACKWARD and found.op in COMMUTATIVE and not kwargs:
        orders.append(args[::-1])
    return [(found, spelled((each, kwargs))) for each in orders]


def spelled(found: Any) -> str:
    """Spell arguments so that what differs is spelled differently: 1, 1.0 and True."""
    return repr(
        mapped(
            lambda leaf: (
                ("shape", leaf.of)
                if isinstance(leaf, ShapeRef)
                else (type(leaf).__name__, getattr(leaf, "number", leaf))
            ),
            found,
        )
    )
