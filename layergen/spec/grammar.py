"""What an expression may contain: every node is looked at, and what isn't known is refused."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from layergen.spec.calls import check_attribute, check_call, is_qualified
from layergen.spec.context import Context
from layergen.spec.free_names import check_all, check_name
from layergen.spec.operands import (
    MASKS,
    check_comparison,
    check_constant,
    check_index,
    check_sequence,
)
from layergen.spec.vocabulary import NAMESPACE_ROOTS

__all__ = ["Found", "examine"]

_WHERE = "Choose between values with where(condition, a, b)."
_FUNCTION = "A function can say more: pass it as --from FILE.py:FUNCTION."

# What Python has and an expression of tensors has not: how it is called, what to write instead.
_REFUSED: Mapping[type[ast.AST], tuple[str, str]] = MappingProxyType(
    {
        ast.Lambda: ("a lambda", "Write only what it would return."),
        ast.ListComp: ("a comprehension", _FUNCTION),
        ast.SetComp: ("a comprehension", _FUNCTION),
        ast.DictComp: ("a comprehension", _FUNCTION),
        ast.GeneratorExp: ("a comprehension", _FUNCTION),
        ast.NamedExpr: ("an assignment", f"Write the value twice. {_FUNCTION}"),
        ast.JoinedStr: ("an f-string", "Write the text itself."),
        ast.Starred: ("'*' before an argument", "Write each argument out."),
        ast.IfExp: ("a conditional expression", _WHERE),
        ast.BoolOp: ("'and' / 'or' (of one truth value, not a tensor's)", MASKS),
        ast.Not: (
            "'not' (of one truth value, not a tensor's)",
            "Write ~mask or logical_not(mask).",
        ),
        ast.BitXor: ("'^' (exclusive or)", "A power is written **: x ** 2."),
        ast.LShift: ("'<<'", "Multiply by a power of two."),
        ast.RShift: ("'>>'", "Divide by a power of two."),
        ast.Is: ("'is'", "Compare with ==."),
        ast.IsNot: ("'is not'", "Compare with !=."),
        ast.In: ("'in'", "Compare with ==, and combine with |."),
        ast.NotIn: ("'not in'", "Compare with !=, and combine with &."),
        ast.Dict: ("a dict", _FUNCTION),
        ast.Set: ("a set", _FUNCTION),
        ast.Await: ("'await'", _FUNCTION),
        ast.Yield: ("'yield'", _FUNCTION),
        ast.YieldFrom: ("'yield'", _FUNCTION),
    }
)
_ALLOWED = (
    ast.Attribute,
    ast.BinOp,
    ast.Call,
    ast.Compare,
    ast.Constant,
    ast.List,
    ast.Name,
    ast.Slice,
    ast.Subscript,
    ast.Tuple,
    ast.UnaryOp,
)


@dataclass(frozen=True, slots=True)
class Found:
    """What an expression turned out to use.

    Attributes:
        names: its free names in order of appearance, called submodules left out.
        inserted: what is put before which position: {4: "torch."}.
    """

    names: tuple[str, ...]
    inserted: Mapping[int, str]


def examine(tree: ast.expr, context: Context) -> Found:
    """Look at every node of an expression, from left to right.

    Raises:
        BadRequest: a node has no place in it; the error points there.
    """
    parents = {
        id(child): node
        for node in ast.walk(tree)
        for child in ast.iter_child_nodes(node)
    }
    names: dict[str, None] = {}
    inserted: dict[int, str] = {}
    for node in _from_left_to_right(tree):
        parent = parents.get(id(node))
        _check_kind(node, context)
        match node:
            case ast.Call():
                prefix = check_call(node, context)
                if prefix:
                    inserted[context.source.span(node.func)[0]] = prefix
            case ast.Attribute() if not _is_called(node, parent):
                if not (isinstance(parent, ast.Attribute) and is_qualified(node)):
                    check_attribute(node, context)
            case ast.Name() if _is_value(node, parent):
                check_name(node, context)
                names[node.id] = None
            case ast.Constant():
                check_constant(node, parent, context)
            case ast.Compare():
                check_comparison(node, context)
            case ast.Subscript():
                check_index(node, node.slice, context)
            case ast.Tuple() | ast.List():
                check_sequence(node, parent, context)
    check_all(tree, tuple(names), context)
    return Found(tuple(names), MappingProxyType(inserted))


def _from_left_to_right(tree: ast.expr) -> list[ast.expr]:
    """The expressions inside an expression, so that the leftmost error is told first."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    return sorted(nodes, key=lambda node: (node.lineno, node.col_offset))


def _check_kind(node: ast.expr, context: Context) -> None:
    """Refuse what only Python's statements and values need, operators included."""
    operators = (
        getattr(node, "op", None),
        *getattr(node, "ops", ()),
    )
    for each in (node, *operators):
        if type(each) in _REFUSED:
            what, instead = _REFUSED[type(each)]
            raise context.refuse(node, f"{what} has no place in an expression", instead)
    if not isinstance(node, _ALLOWED):
        kind = type(node).__name__
        raise context.refuse(node, f"{kind} has no place in an expression", _FUNCTION)


def _is_called(node: ast.expr, parent: ast.AST | None) -> bool:
    return isinstance(parent, ast.Call) and parent.func is node


def _is_value(node: ast.Name, parent: ast.AST | None) -> bool:
    """Whether a name stands for an argument, and not for a function or for torch."""
    if isinstance(parent, ast.Attribute) and node.id in NAMESPACE_ROOTS:
        return False
    return not _is_called(node, parent)
