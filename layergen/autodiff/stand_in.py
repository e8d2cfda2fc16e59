"""A module that behaves as the generated one will, built from a LayerSpec for the trial run."""

import __future__

import ast
import linecache
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from types import ModuleType
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from layergen.errors import BadRequest, Place
from layergen.spec.calling import constructor_arguments
from layergen.spec.model import Form, Forward, LayerSpec, Parameter

NUMBERS = count()

__all__ = ["own_inputs", "run_text", "stand_in_class"]


def namespace() -> dict[str, Any]:
    """List the names that every forward finds without an import."""
    return {"torch": torch, "math": math, "nn": nn, "F": F, "Tensor": Tensor}


def run_text(forward: Forward, known: Mapping[str, Any]) -> Callable[..., Any]:
    """Execute a forward's text, and take its function out of it."""
    function: Callable[..., Any] = executed(forward, known)[forward.name]
    return function


def own_inputs(forward: Forward, known: Mapping[str, Any]) -> Callable[[], Any] | None:
    """Take the example_inputs() out of a forward's text, where it has one."""
    if not forward.example_inputs:
        return None
    function: Callable[[], Any] = executed(forward, known)["example_inputs"]
    return function


def executed(forward: Forward, known: Mapping[str, Any]) -> dict[str, Any]:
    """Execute a forward's text; the names that it defines come back."""
    names = vars(new_module())
    names.update(namespace() | dict(known))
    flags = __future__.annotations.compiler_flag  # jaxtyping's names may be missing
    where = f"{forward.source}:{forward.name}"  # torch.jit.script reads the text again
    lines = forward.text.splitlines(keepends=True)
    linecache.cache[where] = (len(forward.text), None, lines, where)
    code = compile(forward.text, where, "exec", flags=flags)
    exec(code, names)
    return names


def new_module() -> ModuleType:
    """Make a module: torch's compilers import the one that a function says it is from."""
    module = ModuleType(f"_layergen_forward_{next(NUMBERS)}")
    sys.modules[module.__name__] = module
    return module


def stand_in_class(layer: LayerSpec, known: Mapping[str, Any]) -> type[nn.Module]:
    """Make the class; its constructor takes the layer's constructor arguments.

    Args:
        layer: what to build.
        known: the op and the blocks that the forward and the submodules may name.
    """
    forward = run_text(layer.forward, known)

    class StandIn(nn.Module):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__()
            fill(self, layer, known, told(layer, args, kwargs))

        def forward(self, *args: Any, **kwargs: Any) -> Any:
            if layer.forward.form is Form.METHOD:
                return forward(self, *args, **kwargs)
            return forward(**supplied(self, layer, args))

    StandIn.__name__ = StandIn.__qualname__ = layer.name
    return StandIn


def fill(
    module: nn.Module,
    layer: LayerSpec,
    known: Mapping[str, Any],
    values: Mapping[str, Any],
) -> None:
    """Give a module what the generated constructor would."""
    names = {**namespace(), **known, **values}
    taken = {each.name for each in (*layer.parameters, *layer.buffers)}
    for name, value in values.items():
        if name not in taken:
            setattr(module, name, value)
    for submodule in layer.submodules:
        built = evaluated(submodule.constructor, names, layer.name)
        setattr(module, submodule.name, built)
    for each in layer.parameters:
        made = None
        if values.get(each.name, True) or not each.optional:
            made = nn.Parameter(first_value(each, names, layer.name))
        module.register_parameter(each.name, made)
    for each in layer.buffers:
        module.register_buffer(each.name, first_value(each, names, layer.name))


def supplied(
    module: nn.Module, layer: LayerSpec, args: Sequence[Any]
) -> dict[str, Any]:
    """Put the inputs and what the module holds together, by name."""
    inputs = iter(args)
    tensors = {each.name for each in layer.arguments if each.type.is_tensor}
    return {
        each.name: next(inputs) if each.name in tensors else getattr(module, each.name)
        for each in layer.forward.signature
    }


def told(
    layer: LayerSpec, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> dict[str, Any]:
    """Bind the constructor's arguments as the generated one will."""
    arguments = constructor_arguments(layer)
    values = {
        each.name: ast.literal_eval(each.default)
        for each in arguments
        if each.default is not None
    }
    names = [each.name for each in arguments if not each.keyword_only]
    values |= {**dict(zip(names, args, strict=False)), **kwargs}
    missing = [each.name for each in arguments if each.name not in values]
    unknown = [name for name in kwargs if all(name != a.name for a in arguments)]
    if missing or unknown or len(args) > len(names):
        wanted = ", ".join(each.name for each in arguments) or "nothing"
        raise TypeError(f"{layer.name} takes {wanted}")
    return values


def evaluated(text: str, names: Mapping[str, Any], layer: str) -> Any:
    """Evaluate a constructor expression; its grammar was checked when it was read."""
    try:
        return eval(text, dict(names))
    except Exception as error:
        raise BadRequest(
            f"{text} fails: {type(error).__name__}: {error}",
            place=Place(f"the submodules of {layer}"),
            instead=f"The constructor was called with {shown(names)}.",
        ) from error


def shown(names: Mapping[str, Any]) -> str:
    """List the constructor's own values."""
    usual = namespace()
    pairs = [
        f"{name}={value!r}"
        for name, value in names.items()
        if name not in usual and isinstance(value, int | float | str)
    ]
    return ", ".join(pairs) or "no arguments"


def first_value(parameter: Parameter, names: Mapping[str, Any], layer: str) -> Tensor:
    """Make a parameter or buffer as reset_parameters will."""
    dims = [evaluated(dim, names, layer) for dim in parameter.shape.dims]
    tensor = torch.empty(dims)
    call = ", ".join(["tensor", *parameter.init.arguments])
    text = f"nn.init.{parameter.init.function}_({call})"
    made: Tensor = evaluated(text, {**names, "tensor": tensor}, layer)
    return made
