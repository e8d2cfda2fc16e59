"""The functions, methods and attributes that an expression uses, by the vocabulary."""

import ast
from collections.abc import Iterable

from layergen.errors import BadRequest
from layergen.spec.context import Context
from layergen.spec.names import nearest
from layergen.spec.numeric import is_number
from layergen.spec.vocabulary import (
    ATTRIBUTES,
    BUILTIN_NUMERIC,
    CONSTANTS,
    DROPOUTS,
    FACTORIES,
    FUNCTIONS,
    KNOWN_FUNCTIONS,
    MATH,
    METHODS,
    NAMESPACE_ROOTS,
    NAMESPACES,
    RANDOM,
    REFUSED_MEMBERS,
)

__all__ = [
    "check_attribute",
    "check_call",
    "is_qualified",
]

_FUNCTIONAL = ("nn.functional", "torch.nn.functional")
_FUNCTION = "A function can say more: pass it as --from FILE.py:FUNCTION."

_PRODUCT = "A product needs a *: 2 * (x + 1)."
_SUBMODULE = "Construct modules with --submodule NAME=nn.Linear(...), and call NAME(x)."


def check_call(call: ast.Call, context: Context) -> str | None:
    """Check a call.

    Returns:
        What is put before the function's name: "torch." for sigmoid(x), "math." for sqrt(2);
        None where the name stands for itself.
    """
    for keyword in call.keywords:
        _check_keyword(keyword, context)
    match call.func:
        case ast.Name(id=name) if name in context.submodules:
            return "self."
        case ast.Name(id=name):
            return _function_prefix(call, name, context)
        case ast.Attribute() as function if is_qualified(function):
            _check_qualified(call, ast.unparse(function), context)
        case ast.Attribute() as method:
            _check_method(method, context)
        case other:
            raise context.refuse(
                other,
                f"{ast.unparse(other)} can't be called",
                _SUBMODULE if "nn." in ast.unparse(other) else _PRODUCT,
            )
    return None


def check_attribute(node: ast.Attribute, context: Context) -> None:
    """Check an attribute that isn't called: `x.shape`, `math.pi`, `torch.float32`."""
    if is_qualified(node):
        _check_constant(node, context)
    elif node.attr in METHODS:
        raise context.refuse(
            node, f"{node.attr!r} is a method", f"Call it: .{node.attr}(...)."
        )
    elif node.attr not in ATTRIBUTES:
        raise _unknown_member(node, context, ATTRIBUTES, "attribute")


def is_qualified(node: ast.expr) -> bool:
    """Whether a name begins at torch, F, math or nn: `torch.linalg.norm`."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in NAMESPACE_ROOTS


def _function_prefix(call: ast.Call, name: str, context: Context) -> str:
    """Where a function called by its bare name lives."""
    numbers = bool(call.args) and all(is_number(x, context.scalars) for x in call.args)
    if numbers and name in BUILTIN_NUMERIC:
        return ""
    if numbers and name in MATH:
        return "math."
    prefix = next((each for each, names in FUNCTIONS.items() if name in names), None)
    if prefix is None:
        raise _unknown_function(call, name, context)
    if numbers and name not in FACTORIES:
        raise context.refuse(
            call.args[0],
            f"{name} takes a tensor, and {ast.unparse(call.args[0])} is a number",
            "Leave the function out, or give it a tensor.",
        )
    _check_device(call, name, context)
    return prefix


def _unknown_function(call: ast.Call, name: str, context: Context) -> BadRequest:
    if name.startswith("_"):
        return context.refuse(
            call,
            f"{name!r} is refused: names with a leading '_' are Python's own",
            "Use torch's functions.",
        )
    if name in DROPOUTS:
        return context.refuse(
            call,
            f"{name} would go on in eval mode",
            "Give a layer the module: --submodule 'drop=nn.Dropout(0.5)', and drop(x).",
        )
    if name in RANDOM:
        return context.refuse(
            call,
            f"{name} draws random numbers, which no test can compare",
            "Take the random tensor as an argument: x + noise.",
        )
    if name in MATH or name in BUILTIN_NUMERIC:
        return context.refuse(
            call,
            f"{name} takes a number, and not a tensor",
            f"Use a function of torch, or declare the argument with --arg NAME:float. {_FUNCTION}",
        )
    if name in context.declared or _is_value(name, context):
        return context.refuse(
            call,
            f"{name!r} is an argument, and can't be called",
            f"A product needs a *: {name} * (...).",
        )
    if name.endswith("_") and name.rstrip("_") in KNOWN_FUNCTIONS:
        return _in_place(call, name, context)
    near = nearest(name, (*KNOWN_FUNCTIONS, *context.submodules))
    return context.refuse(
        call, f"unknown function {name!r}", _did_you_mean(near) or _FUNCTION
    )


def _is_value(name: str, context: Context) -> bool:
    """Whether the name also stands for a value: x * x(2)."""
    tree = ast.parse(f"(\n{context.source.text}\n)")
    called = {id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    return any(
        isinstance(node, ast.Name) and node.id == name and id(node) not in called
        for node in ast.walk(tree)
    )


def _check_qualified(call: ast.Call, function: str, context: Context) -> None:
    namespace, _, name = function.rpartition(".")
    namespace = "F" if namespace in _FUNCTIONAL else namespace
    known = NAMESPACES.get(namespace, frozenset())
    if name not in known:
        raise _unknown_qualified(call, function, name, known, context)
    if namespace == "math":
        for argument in call.args:
            if not is_number(argument, context.scalars):
                raise context.refuse(
                    argument,
                    f"{function} takes a number, and {ast.unparse(argument)} is a tensor",
                    f"Write {name}(...) without math.: it is then torch's.",
                )
    if namespace == "torch":
        _check_device(call, name, context)


def _unknown_qualified(
    call: ast.Call, function: str, name: str, known: Iterable[str], context: Context
) -> BadRequest:
    if name in RANDOM:
        return _unknown_function(call, name, context)
    if name.endswith("_") and name.rstrip("_") in known:
        return _in_place(call.func, name, context)
    near = nearest(name, known) or nearest(name, KNOWN_FUNCTIONS)
    module = function.startswith(("nn.", "torch.nn.")) and name[:1].isupper()
    instead = _SUBMODULE if module else _did_you_mean(near) or _FUNCTION
    return context.refuse(call.func, f"unknown function {function!r}", instead)


def _check_constant(node: ast.Attribute, context: Context) -> None:
    name = ast.unparse(node)
    namespace, _, constant = name.rpartition(".")
    if constant in CONSTANTS.get(namespace, ()):
        return
    if constant in NAMESPACES.get("F" if namespace in _FUNCTIONAL else namespace, ()):
        raise context.refuse(node, f"{name!r} is a function", f"Call it: {name}(...).")
    near = nearest(constant, CONSTANTS.get(namespace, ()))
    raise context.refuse(
        node, f"unknown constant {name!r}", _did_you_mean(near) or _FUNCTION
    )


def _check_method(method: ast.Attribute, context: Context) -> None:
    if method.attr not in METHODS:
        raise _unknown_member(method, context, METHODS, "method")


def _unknown_member(
    node: ast.Attribute, context: Context, known: Iterable[str], kind: str
) -> BadRequest:
    """Tell why a member of a tensor has no place in a forward."""
    name = node.attr
    if name in REFUSED_MEMBERS:
        why, instead = REFUSED_MEMBERS[name]
        return context.refuse(node, f"'.{name}' is refused: {why}", instead)
    if name.startswith("_"):
        return context.refuse(
            node,
            f"'.{name}' is refused: names with a leading '_' are Python's or torch's own",
            "Use the tensor's public methods.",
        )
    if name.endswith("_") and name.rstrip("_") in METHODS:
        return _in_place(node, name, context)
    near = nearest(name, known)
    return context.refuse(
        node, f"unknown {kind} {name!r}", _did_you_mean(near) or _FUNCTION
    )


def _in_place(node: ast.expr, name: str, context: Context) -> BadRequest:
    return context.refuse(
        node,
        f"{name!r} works in place: it would change the caller's tensor",
        f"Use {name.rstrip('_')}(...), which makes a new one.",
    )


def _check_keyword(keyword: ast.keyword, context: Context) -> None:
    if keyword.arg is None:
        raise context.refuse(
            keyword, "'**' has no place in an expression", "Write each keyword out."
        )
    if keyword.arg in ("out", "inplace"):
        raise context.refuse(
            keyword,
            f"'{keyword.arg}=' is refused: it would change the caller's tensor",
            "Leave it out.",
        )


def _check_device(call: ast.Call, name: str, context: Context) -> None:
    """Refuse tensors that are made on the CPU wherever the inputs are."""
    if name in FACTORIES and "device" not in {each.arg for each in call.keywords}:
        raise context.refuse(
            call,
            f"{name}(...) without a device makes its tensor on the CPU",
            f"Say where, as {name}(..., device=x.device).",
        )


def _did_you_mean(near: str | None) -> str:
    return f"Did you mean {near!r}?" if near else ""
