"""Expressions that construct a submodule: `nn.Linear(channels, max(1, channels // 4))`."""

import ast
import re

from layergen.spec import expressions
from layergen.spec.excerpt import Excerpt

__all__ = ["called_blocks", "check", "free_names"]

BUILTINS = frozenset(
    {
        "bool",
        "dict",
        "enumerate",
        "float",
        "int",
        "len",
        "list",
        "max",
        "min",
        "range",
        "reversed",
        "str",
        "sum",
        "tuple",
        "zip",
    }
)
KINDS = (
    *expressions.ARITHMETIC,
    ast.Attribute,
    ast.BoolOp,
    ast.Call,
    ast.Compare,
    ast.Dict,
    ast.DictComp,
    ast.GeneratorExp,
    ast.IfExp,
    ast.List,
    ast.ListComp,
    ast.Not,
    ast.Starred,
    ast.Tuple,
)
INSTEAD = (
    "A submodule is nn.X(...) or another block of this component, of arguments, "
    "numbers, arithmetic, conditions and comprehensions."
)
MODULE = re.compile(r"[A-Z][A-Za-z0-9]*")


def check(given: Excerpt, blocks: tuple[str, ...] = ()) -> str:
    """Check a constructor expression.

    Args:
        given: the text.
        blocks: class names of the component's other modules, which it may construct.

    Returns:
        The text, without blanks around it.

    Raises:
        BadRequest: It uses something else than the grammar knows, or makes no module.
    """
    tree = expressions.expression(given)
    expressions.check_kinds(tree, KINDS, given, INSTEAD)
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and not is_known(node, blocks):
            raise expressions.refused(node, given, INSTEAD)
    if not makes_module(tree, blocks):
        raise given.wrong(f"{given.text!r} makes no module", instead=INSTEAD)
    return given.text.strip()


def is_known(node: ast.expr, blocks: tuple[str, ...]) -> bool:
    """Whether an attribute, a call, a name or a literal is one of the grammar's."""
    if isinstance(node, ast.Attribute):
        return is_module_class(node)
    if isinstance(node, ast.Call):
        return is_callable(node.func, blocks) and all(
            keyword.arg is not None for keyword in node.keywords
        )
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str | bool | int | float | None)
    return not isinstance(node, ast.Name) or not node.id.startswith("__")


def is_module_class(node: ast.expr) -> bool:
    """Whether it names a class of torch.nn, as `nn.Linear` does."""
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "nn"
        and MODULE.fullmatch(node.attr) is not None
    )


def is_callable(node: ast.expr, blocks: tuple[str, ...]) -> bool:
    """Whether a call's function is a module class or a builtin of the grammar."""
    if isinstance(node, ast.Name):
        return node.id in BUILTINS or node.id in blocks
    return is_module_class(node)


def makes_module(tree: ast.expr, blocks: tuple[str, ...]) -> bool:
    """Whether the expression's value is a module, whichever way its conditions go."""
    if isinstance(tree, ast.IfExp):
        return makes_module(tree.body, blocks) and makes_module(tree.orelse, blocks)
    if not isinstance(tree, ast.Call):
        return False
    return is_module_class(tree.func) or (
        isinstance(tree.func, ast.Name) and tree.func.id in blocks
    )


def free_names(constructor: str) -> tuple[str, ...]:
    """List the names from outside, of arguments and blocks, in order of appearance."""
    tree = ast.parse(f"({constructor}\n)", mode="eval")
    known = BUILTINS | {"nn"}
    return tuple(name for name in expressions.free_names(tree) if name not in known)


def called_blocks(constructor: str, blocks: tuple[str, ...]) -> tuple[str, ...]:
    """List the blocks that the expression constructs."""
    return tuple(name for name in free_names(constructor) if name in blocks)
