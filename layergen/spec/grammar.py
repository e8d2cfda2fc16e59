"""What an expression may contain: every node is looked at, and what isn't known is refused."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from layergen.errors import BadRequest
from layergen.spec.calls import (
    KNOWN_FUNCTIONS,
    NAMESPACE_ROOTS,
    Given,
    check_attribute,
    check_call,
    is_qualified,
)
from layergen.spec.names import nearest
from layergen.spec.numeric import is_number

__all__ = ["Found", "examine"]

_MASKS = "Combine masks with & | ~, each comparison in brackets: (x > 0) & (x < 1)."
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
        ast.BoolOp: ("'and' / 'or' (of one truth value, not a tensor's)", _MASKS),
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
_CONSTANTS_OF_MATH = ("inf", "nan", "pi")


@dataclass(frozen=True, slots=True)
class Found:
    """What an expression turned out to use.

    Attributes:
        names: its free names in order of appearance, called submodules left out.
        inserted: what is put before which position: {4: "torch."}.
    """

    names: tuple[str, ...]
    inserted: Mapping[int, str]


def examine(tree: ast.expr, given: Given) -> Found:
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
        _check_kind(node, given)
        match node:
            case ast.Call():
                prefix = check_call(node, given)
                if prefix:
                    inserted[given.source.span(node.func)[0]] = prefix
            case ast.Attribute() if not _is_called(node, parent):
                if not (isinstance(parent, ast.Attribute) and is_qualified(node)):
                    check_attribute(node, given)
            case ast.Name() if _is_value(node, parent):
                _check_name(node, given)
                names[node.id] = None
            case ast.Constant():
                _check_constant(node, parent, given)
            case ast.Compare():
                _check_comparison(node, given)
            case ast.Subscript():
                _check_index(node, node.slice, given)
            case ast.Tuple() | ast.List():
                _check_sequence(node, parent, given)
    _check_used(tree, tuple(names), given)
    return Found(tuple(names), MappingProxyType(inserted))


def _from_left_to_right(tree: ast.expr) -> list[ast.expr]:
    """The expressions inside an expression, so that the leftmost error is told first."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    return sorted(nodes, key=lambda node: (node.lineno, node.col_offset))


def _check_kind(node: ast.expr, given: Given) -> None:
    """Refuse what only Python's statements and values need, operators included."""
    operators = (
        getattr(node, "op", None),
        *getattr(node, "ops", ()),
    )
    for each in (node, *operators):
        if type(each) in _REFUSED:
            what, instead = _REFUSED[type(each)]
            raise given.refuse(node, f"{what} has no place in an expression", instead)
    if not isinstance(node, _ALLOWED):
        kind = type(node).__name__
        raise given.refuse(node, f"{kind} has no place in an expression", _FUNCTION)


def _is_called(node: ast.expr, parent: ast.AST | None) -> bool:
    return isinstance(parent, ast.Call) and parent.func is node


def _is_value(node: ast.Name, parent: ast.AST | None) -> bool:
    """Whether a name stands for an argument, and not for a function or for torch."""
    if isinstance(parent, ast.Attribute) and node.id in NAMESPACE_ROOTS:
        return False
    return not _is_called(node, parent)


def _check_name(node: ast.Name, given: Given) -> None:
    name = node.id
    if name in given.declared:
        return
    if name in given.submodules:
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
    elif name in KNOWN_FUNCTIONS:
        what = f"{name!r} is a function"
        instead = (
            f"Call it: {name}(...). To have an argument {name}: --arg {name}:tensor."
        )
    else:
        _check_near_miss(node, given)
        return
    raise given.refuse(node, what, instead)


def _check_near_miss(node: ast.Name, given: Given) -> None:
    """Refuse a name that is almost a declared one: it would become one more argument."""
    near = nearest(node.id, given.declared)
    if near and _differ_by_a_slip(node.id, near):
        raise given.refuse(
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


def _check_constant(node: ast.Constant, parent: ast.AST | None, given: Given) -> None:
    if isinstance(node.value, str):
        einsum = isinstance(parent, ast.Call) and "einsum" in ast.unparse(parent.func)
        if not isinstance(parent, ast.keyword) and not einsum:
            raise given.refuse(
                node,
                f"the text {node.value!r} has no place here",
                "Texts stand only in keyword arguments: gelu(x, approximate='tanh').",
            )
    elif isinstance(node.value, bytes):
        raise given.refuse(
            node, "bytes have no place in an expression", "Leave them out."
        )
    elif node.value is ...:
        if not isinstance(parent, ast.Subscript | ast.Tuple):
            raise given.refuse(
                node, "'...' stands only in an index", "Write x[..., 0]."
            )
    elif isinstance(node.value, bool | None) and not isinstance(
        parent, ast.Call | ast.keyword | ast.Subscript | ast.Slice | ast.Tuple
    ):
        raise given.refuse(
            node, f"{node.value} has no place in arithmetic", "Write a number."
        )


def _check_comparison(node: ast.Compare, given: Given) -> None:
    if len(node.ops) > 1:
        raise given.refuse(
            node, "a chained comparison takes one truth value, not a tensor's", _MASKS
        )


def _check_index(node: ast.Subscript, index: ast.expr, given: Given) -> None:
    """Allow x[0], x[1:n], x[..., None]; a tensor as index has functions of its own."""
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    for part in parts:
        bounds = (
            [part.lower, part.upper, part.step]
            if isinstance(part, ast.Slice)
            else [part]
        )
        for bound in bounds:
            empty = bound is None or (
                isinstance(bound, ast.Constant) and bound.value in (None, ...)
            )
            if bound is not None and not empty and not is_number(bound, given.scalars):
                raise _no_index(bound, given)


def _no_index(bound: ast.expr, given: Given) -> BadRequest:
    return given.refuse(
        bound,
        f"{ast.unparse(bound)} is no index: an index is a whole number, a slice, None or ...",
        "For an index tensor write x.index_select(dim, i) or x.gather(dim, i), for a mask "
        "where(mask, x, 0); declare a whole number with --arg NAME:int.",
    )


def _check_sequence(
    node: ast.Tuple | ast.List, parent: ast.AST | None, given: Given
) -> None:
    several = parent is None and isinstance(node, ast.Tuple) and bool(node.elts)
    inside = isinstance(
        parent, ast.Call | ast.keyword | ast.Subscript | ast.Tuple | ast.List
    )
    if not several and not inside:
        raise given.refuse(
            node,
            "a tuple or list stands only as an argument: x.mean((1, 2))",
            "Write tensors and numbers; stack(...) makes a tensor of several.",
        )


def _check_used(tree: ast.expr, names: tuple[str, ...], given: Given) -> None:
    called = [
        node.func
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    for function in called:
        if function.id in names and function.id not in given.submodules:
            raise given.refuse(
                function,
                f"{function.id!r} is used both as a function and as an argument",
                f"Give the argument another name, or write torch.{function.id}(...).",
            )
    if not names:
        raise given.refuse(
            tree,
            "the expression has no argument: it names no tensor",
            "Write a formula of at least one name: x * sigmoid(x).",
        )
