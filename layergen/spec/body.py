"""What a forward's text uses, and what its statements must not do."""

import ast

from layergen.errors import BadRequest, Place
from layergen.spec.model import Form, Forward
from layergen.spec.source import Source
from layergen.spec.vocabulary import REFUSED_MEMBERS

__all__ = [
    "assigned_names",
    "check_body",
    "function_node",
    "module_uses",
    "self_attributes",
    "used_names",
]

_USUAL = frozenset({"F", "Tensor", "math", "nn", "torch"})


def check_body(forward: Forward) -> None:
    """Refuse what takes a forward out of the graph, wherever its text does it.

    Raises:
        BadRequest: `.item()`, `.data`, `.backward()` and their like, with the line.
    """
    source = Source(forward.source, forward.text)
    for call in ast.walk(source.parse()):
        if isinstance(call, ast.Call) and _is_print(call.func):
            raise BadRequest(
                "'print' is refused: a compiled forward can't print",
                place=_place(call, forward, source),
                instead="Print what it returns, outside of it.",
            )
    for node in _members(source.parse()):
        if node.attr in REFUSED_MEMBERS:
            why, instead = REFUSED_MEMBERS[node.attr]
            raise BadRequest(
                f"'.{node.attr}' is refused: {why}",
                place=_place(node, forward, source),
                instead=instead,
            )


def _is_print(function: ast.expr) -> bool:
    return isinstance(function, ast.Name) and function.id == "print"


def used_names(forward: Forward) -> frozenset[str]:
    """The arguments that the function's body reads."""
    arguments = {each.name for each in forward.signature}
    return frozenset(_loaded(_as_module(forward.body)) & arguments)


def self_attributes(forward: Forward) -> tuple[str, ...]:
    """The names that a method reads as self.NAME, in order of appearance."""
    if forward.form is not Form.METHOD:
        return ()
    tree = _as_module(forward.body)
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and _is_self(node.value)
    ]
    changed = {n.target for n in ast.walk(tree) if isinstance(n, ast.AugAssign)}
    read = [n for n in found if isinstance(n.ctx, ast.Load) or n in changed]
    read.sort(key=lambda node: (node.lineno, node.col_offset))
    return tuple(dict.fromkeys(node.attr for node in read))


def module_uses(text: str) -> frozenset[str]:
    """Which of torch, math, F, nn and Tensor a text mentions."""
    return frozenset(_loaded(_as_module(text)) & _USUAL)


def assigned_names(text: str) -> frozenset[str]:
    """The names that a text gives a value, in comprehensions and functions too."""
    return frozenset(
        node.id
        for node in ast.walk(_as_module(text))
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    )


def function_node(forward: Forward) -> tuple[ast.FunctionDef, Source]:
    """The forward's function in its own text."""
    source = Source(forward.source, forward.text)
    for node in source.parse().body:
        if isinstance(node, ast.FunctionDef) and node.name == forward.name:
            return node, source
    raise AssertionError("the text of a forward defines its function")


def _as_module(text: str) -> ast.Module:
    """Parse statements, or an expression of one or more lines."""
    try:
        return ast.parse(text)
    except SyntaxError:
        return ast.parse(f"(\n{text}\n)")


def _loaded(tree: ast.AST) -> set[str]:
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


def _members(tree: ast.Module) -> list[ast.Attribute]:
    """Members of anything but self and the usual modules, example inputs left out."""
    found = [
        node
        for statement in tree.body
        if not isinstance(statement, ast.FunctionDef)
        or statement.name != "example_inputs"
        for node in ast.walk(statement)
        if isinstance(node, ast.Attribute)
        and not _is_self(node.value)
        and not (isinstance(node.value, ast.Name) and node.value.id in _USUAL)
    ]
    return sorted(found, key=lambda node: (node.lineno, node.col_offset))


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _place(node: ast.expr, forward: Forward, source: Source) -> Place:
    """The line in the user's file, known inside the function; elsewhere only its text."""
    function, _ = function_node(forward)
    start, end = source.span(node)
    at = end - len(node.attr) if isinstance(node, ast.Attribute) else start
    place = source.place(at)
    inside = place.line is not None and (
        function.lineno <= place.line <= (function.end_lineno or 0)
    )
    line = (
        forward.first_line + place.line - function.lineno
        if inside and place.line is not None and forward.source != "--forward"
        else None
    )
    return Place(forward.source, line, place.column, place.text)
