"""What a function can reach beside its arguments, as a picture to compare with a later one."""

import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["Picture", "changed", "picture"]

Picture = Mapping[
    str, Any
]  # path, as a user would write it, to a value that can be compared

DEPTH = 8
MOST = 5000  # values of one picture
WIDEST = 200  # of one container
TINY = 1e-310  # below the smallest normal number: torch.set_flush_denormal makes it 0
OTHERS = {"layergen", *sys.stdlib_module_names} - {"__main__"}
INSTALLED = ("site-packages", "dist-packages")


def picture(function: Callable[..., Any]) -> Picture:
    """Note the numbers, containers, tensors and objects that a function reaches by name."""
    found: dict[str, Any] = {}
    seen: set[int] = set()
    waiting: list[tuple[str, Any, int]] = [("", function, 0)]
    while waiting and len(found) < MOST:
        path, value, depth = waiting.pop()
        if path:
            found[path] = fingerprint(value)
        if id(value) in seen or depth > DEPTH:
            continue
        seen.add(id(value))
        held = islice(inside(path, value), WIDEST)
        waiting += [(own, each, depth + 1) for own, each in held]
    return found | settings()


def changed(before: Picture, after: Picture) -> str:
    """Name the first thing that is another one, or ""."""
    for path in [*before, *after]:
        if path not in before or path not in after or before[path] != after[path]:
            return path
    return ""


def settings() -> dict[str, Any]:
    """Note the settings of torch that a forward could change."""
    return {
        "torch.get_default_dtype()": torch.get_default_dtype(),
        "torch.get_num_threads()": torch.get_num_threads(),
        "torch.is_grad_enabled()": torch.is_grad_enabled(),
        "torch.set_flush_denormal": (TINY * 0.5).hex(),
        "torch.initial_seed()": torch.initial_seed(),
    }


def fingerprint(value: Any) -> Any:
    """Take what tells a value from another, or from itself after a change."""
    if isinstance(value, Tensor):
        return (id(value), value._version)
    if isinstance(value, bool | int | float | complex | str | bytes | type(None)):
        return (type(value), repr(value))
    size = len(value) if isinstance(value, list | tuple | dict | set) else 0
    return (id(value), size)


def inside(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """List what a value holds, with its path."""
    match value:
        case FunctionType():
            yield from of_function(value)
        case MethodType():
            yield path, value.__self__
            yield path, value.__func__
        case dict():
            yield from ((f"{path}[{key!r}]", each) for key, each in value.items())
        case list() | tuple() | set() | frozenset():
            yield from ((f"{path}[{at}]", each) for at, each in enumerate(value))
        case nn.Module():
            yield from of_module(path, value)
        case ModuleType() | BuiltinFunctionType() | Tensor() | CodeType():
            return
        case _:
            kind = value if isinstance(value, type) else type(value)
            if not is_foreign(kind.__module__):
                yield from of_object(path, value)


def is_foreign(module: str) -> bool:
    """Tell whether a module is an installed one, whose caches are its own affair."""
    file = getattr(sys.modules.get(module), "__file__", None) or ""
    return module.partition(".")[0] in OTHERS or any(e in file for e in INSTALLED)


def of_function(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """List the variables around a function, and what hangs on it."""
    code = function.__code__
    if any(each in code.co_filename for each in INSTALLED):
        return
    for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
        try:
            yield name, cell.cell_contents
        except ValueError:  # not assigned yet
            continue
    around = function.__globals__
    yield from ((name, around[name]) for name in names_in(code) if name in around)
    defaults = {"defaults": function.__defaults__, **function.__dict__}
    for name, each in defaults.items():
        yield f"{function.__name__}.{name}", each


def names_in(code: CodeType) -> Iterator[str]:
    """List the global names that a function uses, and those defined in it."""
    yield from code.co_names
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from names_in(each)


def of_module(path: str, module: nn.Module) -> Iterator[tuple[str, Any]]:
    """List what a Module holds; its buffers are there to be changed."""
    for name, each in vars(module).items():
        if name in ("_parameters", "_modules"):
            yield from ((f"{path}.{own}", e) for own, e in each.items())
        elif not name.startswith("_"):
            yield f"{path}.{name}", each


def of_object(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """List the attributes of an object, or of a class."""
    held = getattr(value, "__dict__", {})
    for name, each in held.items():
        if not name.startswith("__"):
            yield f"{path}.{name}", each
