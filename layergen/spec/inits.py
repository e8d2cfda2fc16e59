"""Initial values of parameters and buffers: a number, or a function of torch.nn.init."""

import ast
import math
import re

from layergen.spec import expressions, names
from layergen.spec.excerpt import Excerpt
from layergen.spec.model import Init

__all__ = ["free_names", "parse"]

# What each takes after the tensor; torch 2.13, torch/nn/init.py. A required one comes first.
KEYWORDS = {
    "zeros": (),
    "ones": (),
    "constant": ("val",),
    "normal": ("mean", "std"),
    "uniform": ("a", "b"),
    "trunc_normal": ("mean", "std", "a", "b"),
    "eye": (),
    "dirac": ("groups",),
    "orthogonal": ("gain",),
    "kaiming_uniform": ("a", "mode", "nonlinearity"),
    "kaiming_normal": ("a", "mode", "nonlinearity"),
    "xavier_uniform": ("gain",),
    "xavier_normal": ("gain",),
}
MATH = frozenset(name for name in vars(math) if not name.startswith("_"))
BUILTINS = frozenset({"max", "min", "abs", "float", "int"})
KINDS = (*expressions.ARITHMETIC, ast.Call, ast.Attribute)
INSTEAD = (
    "An initial value is computed from numbers, names, + - * / // % **, and math.*"
)


def parse(given: Excerpt) -> Init:
    """Read an initial value.

    `1.0` -> constant of it, `zeros`, `kaiming_uniform(a=sqrt(5))`.

    Raises:
        BadRequest: It is no number and no call of a known function with what it takes.
    """
    tree = expressions.expression(given)
    if is_number(tree):
        return Init("constant", (given.text,))
    if isinstance(tree, ast.Name):
        tree = ast.Call(tree, [], [])  # zeros is zeros()
    if not isinstance(tree, ast.Call) or not isinstance(tree.func, ast.Name):
        raise given.wrong(
            f"{given.text!r} is no initial value",
            instead="Write a number, or a function of torch.nn.init: zeros, normal(std=0.02).",
        )
    name = function(tree.func, given)
    check_call(tree, name, given)
    values = [*tree.args, *(keyword.value for keyword in tree.keywords)]
    for value in values:
        check_value(value, given)
    positional = tuple(value_source(value, given) for value in tree.args)
    named = tuple(
        f"{keyword.arg}={value_source(keyword.value, given)}"
        for keyword in tree.keywords
    )
    return Init(name, positional + named)


def is_number(tree: ast.expr) -> bool:
    """Whether it is a number, with or without a sign."""
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub | ast.UAdd):
        tree = tree.operand
    return isinstance(tree, ast.Constant) and type(tree.value) in (int, float)


def function(node: ast.Name, given: Excerpt) -> str:
    """Check the function's name, which is written with or without torch's underscore."""
    name = node.id.removesuffix("_")
    if name not in KEYWORDS:
        near = names.nearest(name, KEYWORDS)
        raise given.wrong(
            f"unknown initial value {node.id!r}",
            expressions.offset(node, given),
            f"Did you mean {near!r}?" if near else f"Known: {', '.join(KEYWORDS)}.",
        )
    return name


def check_call(call: ast.Call, name: str, given: Excerpt) -> None:
    """Check a call's arguments against what the function takes."""
    known = KEYWORDS[name]
    takes = f"It takes {', '.join(known)}." if known else "It takes no arguments."
    if len(call.args) > len(known):
        at = expressions.offset(call.args[len(known)], given)
        raise given.wrong(f"{name} takes {len(known)} arguments", at, takes)
    filled = list(known[: len(call.args)])
    for keyword in call.keywords:
        if keyword.arg not in known:
            at = expressions.offset(keyword, given)
            raise given.wrong(f"{name} has no argument {keyword.arg!r}", at, takes)
        if keyword.arg in filled:
            at = expressions.offset(keyword, given)
            raise given.wrong(f"{name} is given {keyword.arg!r} twice", at, takes)
        filled.append(keyword.arg)
    if name == "constant" and not filled:
        raise given.wrong("constant needs its value", instead="Write constant(0.5).")


def check_value(tree: ast.expr, given: Excerpt) -> None:
    """Check that a value is arithmetic; a text, such as mode='fan_out', may stand alone."""
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        return
    expressions.check_kinds(tree, KINDS, given, INSTEAD + ".")
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.keywords:
            raise expressions.refused(node, given, INSTEAD + ".")
        if not isinstance(node, ast.expr) or is_known(node, id(node) in called):
            continue
        raise expressions.refused(node, given, INSTEAD + ".")


def is_known(node: ast.expr, called: bool) -> bool:
    """Whether a node names a number, a name, or a function of Python's or math's."""
    if isinstance(node, ast.Attribute):
        return (
            isinstance(node.value, ast.Name)
            and node.value.id == "math"
            and node.attr in MATH
        )
    if isinstance(node, ast.Name):
        return not called or node.id in BUILTINS or node.id == "sqrt"
    if isinstance(node, ast.Constant):
        return type(node.value) in (int, float)
    return not called


def value_source(tree: ast.expr, given: Excerpt) -> str:
    """Take a value's text, with `sqrt` spelled as generated code reaches it."""
    text = expressions.source(tree, given)
    return re.sub(r"(?<![\w.])sqrt(?=\s*\()", "math.sqrt", text)


def free_names(init: Init) -> tuple[str, ...]:
    """List the names that an initial value is computed from, in order of appearance."""
    tree = ast.parse(f"f({', '.join(init.arguments)})", mode="eval")
    known = BUILTINS | {"f", "math"}
    return tuple(name for name in expressions.free_names(tree) if name not in known)
