"""The names of an expression that stand for its arguments."""

import ast

from layergen.spec.context import Context
from layergen.spec.names import nearest
from layergen.spec.vocabulary import NAMESPACE_ROOTS, VERBS

__all__ = ["check_all", "check_name"]

_CONSTANTS_OF_MATH = ("inf", "nan", "pi")


def check_name(node: ast.Name, context: Context) -> None:
    """Refuse a name that was hardly meant to be one more tensor argument."""
    name = node.id
    if name in context.declared:
        return
    if name in context.submodules:
        what, instead = f"{name!r} is a submodule", f"Call it: {name}(x)."
    elif name in NAMESPACE_ROOTS:
        what, instead = f"{name!r} is a module, not a value", "Name a function of it."
    elif name == "self":
        what, instead = "'self' is no argument", "Name submodules and parameters alone."
    elif name.startswith("_"):
        what = f"{name!r} is refused: names with a leading '_' are Python's own"
        instead = "Give the argument another name."
    elif name in _CONSTANTS_OF_MATH:
        what = f"{name!r} is no argument: it is not declared"
        instead = f"Write math.{name}, or declare it: --arg {name}:float."
    elif name in VERBS:
        what = f"{name!r} is a function"
        instead = (
            f"Call it: {name}(...). To have an argument {name}: --arg {name}:tensor."
        )
    else:
        _check_near_miss(node, context)
        return
    raise context.refuse(node, what, instead)


def _check_near_miss(node: ast.Name, context: Context) -> None:
    """Refuse a name that is almost a declared one: it would become one more argument."""
    near = nearest(node.id, context.declared)
    if near and _differ_by_a_slip(node.id, near):
        raise context.refuse(
            node,
            f"unknown name {node.id!r}",
            f"Did you mean {near!r}? If not, declare it too: --arg {node.id}:tensor.",
        )


def _differ_by_a_slip(one: str, other: str) -> bool:
    """Whether one letter is too many, too few or another, or two are swapped."""
    shorter, longer = sorted((one, other), key=len)
    if len(longer) < 4 or one.rstrip("0123456789") == other.rstrip("0123456789"):
        return False  # x and y, layer1 and layer2: different on purpose
    if len(longer) - len(shorter) == 1:
        return any(
            longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer))
        )
    if len(longer) != len(shorter):
        return False
    wrong = [at for at in range(len(one)) if one[at] != other[at]]
    swapped = len(wrong) == 2 and sorted(one) == sorted(other)
    return len(wrong) == 1 or (swapped and wrong[1] == wrong[0] + 1)


def check_all(tree: ast.expr, names: tuple[str, ...], context: Context) -> None:
    """Refuse an expression without an argument, or with a name in two roles."""
    called = [
        node.func
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    for function in called:
        if function.id in names and function.id not in context.submodules:
            raise context.refuse(
                function,
                f"{function.id!r} is used both as a function and as an argument",
                f"Give the argument another name, or write torch.{function.id}(...).",
            )
    if not names:
        raise context.refuse(
            tree,
            "the expression has no argument: it names no tensor",
            "Write a formula of at least one name: x * sigmoid(x).",
        )
