"""The user's function in its text: found, and seen to be a plain one."""

import ast
from collections.abc import Iterator

from layergen.errors import BadRequest
from layergen.spec.names import nearest
from layergen.spec.source import Source

__all__ = [
    "EXAMPLES",
    "PLAIN",
    "check_plain",
    "defines",
    "function_named",
    "last_function",
    "outputs",
    "returned",
]

EXAMPLES = "example_inputs"
PLAIN = "Write a plain function: def NAME(x): ... return ..."


def function_named(name: str, tree: ast.Module, source: Source) -> ast.FunctionDef:
    """Find a plain function at the top of a text.

    Raises:
        BadRequest: there is none of that name, or it is something else.
    """
    found = [node for node in tree.body if name in defines(node)]
    if not found:
        raise _not_found(name, tree, source)
    if len(found) > 1:
        lines = " and ".join(str(node.lineno) for node in found[:2])
        raise source.refuse(
            found[1],
            f"{name!r} is defined more than once (lines {lines})",
            "Keep one of them.",
        )
    (node,) = found
    if isinstance(node, ast.FunctionDef):
        return node
    raise source.refuse(
        node,
        f"{name!r} is {_kind(node)}, not a plain function",
        PLAIN,
    )


def last_function(tree: ast.Module, source: Source) -> ast.FunctionDef:
    """Find the last function of a text, `example_inputs` apart."""
    for node in reversed(tree.body):
        if isinstance(node, ast.FunctionDef) and node.name != EXAMPLES:
            return node
    raise BadRequest(f"{source.name} has no function", instead=PLAIN)


def check_plain(function: ast.FunctionDef, source: Source) -> None:
    """Refuse decorated functions and generators."""
    if function.decorator_list:
        decorator = function.decorator_list[0]
        raise source.refuse(
            decorator,
            f"{function.name!r} is decorated with @{source.segment(decorator)}",
            "Remove the decorator: the forward is taken as it is written.",
        )
    for node in _own_nodes(function):
        if isinstance(node, ast.Yield | ast.YieldFrom):
            raise source.refuse(
                node,
                f"{function.name!r} is a generator: it yields",
                PLAIN,
            )


def returned(function: ast.FunctionDef, source: Source) -> tuple[ast.expr, ...]:
    """What a function's return statements return; at least one.

    Raises:
        BadRequest: nothing is returned, or not the same number of tensors everywhere.
    """
    found = [node for node in _own_nodes(function) if isinstance(node, ast.Return)]
    values = tuple(node.value for node in found if node.value is not None)
    if not values:
        raise source.refuse(
            function,
            f"{function.name!r} returns nothing",
            "End it with return.",
        )
    for node in found:
        if node.value is None or outputs(node.value) != outputs(values[0]):
            count = (
                "nothing" if node.value is None else f"{outputs(node.value)} tensors"
            )
            raise source.refuse(
                node,
                f"{function.name!r} returns {count} here, and {outputs(values[0])} elsewhere",
                "Return as many tensors everywhere.",
            )
    for value in values:
        _check_value(value, source)
    return values


def outputs(value: ast.expr) -> int:
    """How many tensors a returned value names."""
    return len(value.elts) if isinstance(value, ast.Tuple) else 1


def defines(node: ast.stmt) -> list[str]:
    """The names that a top-level statement was written to define."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [each.id for each in node.targets if isinstance(each, ast.Name)]
    return []


def _kind(node: ast.stmt) -> str:
    match node:
        case ast.ClassDef():
            return "a class"
        case ast.AsyncFunctionDef():
            return "an async function"
        case ast.Assign(value=ast.Lambda()):
            return "a lambda"
    return "a value"


def _not_found(name: str, tree: ast.Module, source: Source) -> BadRequest:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return source.refuse(
                node,
                f"{name!r} is defined inside something else",
                "Move it to the top of the file, not indented.",
            )
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    near = nearest(name, functions)
    listed = ", ".join(functions) or "none"
    return BadRequest(
        f"{source.name} has no function {name!r}",
        instead=f"Did you mean {near!r}?" if near else f"Its functions: {listed}.",
    )


def _check_value(value: ast.expr, source: Source) -> None:
    odd = isinstance(value, ast.Dict | ast.Set | ast.List | ast.ListComp | ast.Constant)
    open_end = isinstance(value, ast.Tuple) and any(
        isinstance(each, ast.Starred) for each in value.elts
    )
    if odd or open_end:
        raise source.refuse(
            value,
            f"a forward returns a tensor or a tuple of them, not {source.segment(value)}",
            "Return each tensor by name: return a, b.",
        )


def _own_nodes(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """The nodes of a function, those of functions inside it left out."""
    waiting: list[ast.AST] = list(function.body)
    scopes = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, scopes):
            waiting[:0] = ast.iter_child_nodes(node)
