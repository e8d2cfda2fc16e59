"""A function of the user's, from the text it stands in to a Forward."""

import ast
from collections.abc import Collection, Iterator, Sequence

from layergen.errors import BadRequest
from layergen.spec import verbatim
from layergen.spec.model import Form, Forward
from layergen.spec.names import nearest
from layergen.spec.reach import as_imports, reached
from layergen.spec.signature import arguments
from layergen.spec.source import Source

__all__ = ["EXAMPLES", "function_named", "last_function", "read_function"]

EXAMPLES = "example_inputs"
_PLAIN = "Write a plain function: def NAME(x): ... return ..."


def function_named(name: str, tree: ast.Module, source: Source) -> ast.FunctionDef:
    """Find a plain function at the top of a text.

    Raises:
        BadRequest: there is none of that name, or it is something else.
    """
    found = [node for node in tree.body if name in _defines(node)]
    if not found:
        raise _not_found(name, tree, source)
    if len(found) > 1:
        lines = " and ".join(str(node.lineno) for node in found[:2])
        raise _refused(
            f"{name!r} is defined more than once (lines {lines})",
            found[1],
            source,
            "Keep one of them.",
        )
    (node,) = found
    if isinstance(node, ast.FunctionDef):
        return node
    raise _refused(f"{name!r} is {_kind(node)}, not a function", node, source, _PLAIN)


def last_function(tree: ast.Module, source: Source) -> ast.FunctionDef:
    """Find the last function of a text, `example_inputs` apart."""
    for node in reversed(tree.body):
        if isinstance(node, ast.FunctionDef) and node.name != EXAMPLES:
            return node
    raise BadRequest(f"{source.name} has no function", instead=_PLAIN)


def read_function(
    function: ast.FunctionDef,
    tree: ast.Module,
    source: Source,
    known: Collection[str] = (),
) -> Forward:
    """Read a function with all that it reaches in its own text.

    Args:
        function: at the top of the text.
        tree: the whole text.
        source: the same as text.
        known: names that need no definition there.

    Raises:
        BadRequest: it is no plain function, or reaches what can't be brought along.
    """
    _check_plain(function, source)
    signature = arguments(function, source)
    returns = _returns(function, source)
    own = reached(function, tree, source, known)
    examples = _examples(tree, source)
    further = () if examples is None else reached(examples, tree, source, known)
    pieces = _in_order((*own, *(each for each in further if each is not function)))
    ends = (function,) if examples is None else (function, examples)
    form = Form.METHOD if _first_argument(function) == "self" else Form.FUNCTION
    if form is Form.FUNCTION and not signature:
        raise _refused(f"{function.name!r} takes no argument", function, source, _PLAIN)
    return Forward(
        name=function.name,
        form=form,
        text=verbatim.module(as_imports(pieces, ends), pieces, ends, source),
        imports=as_imports(own, (function,)),
        preamble=verbatim.definitions(own, source),
        signature=signature,
        body=verbatim.body(function, source),
        expression=verbatim.expression(function, source),
        summary=(ast.get_docstring(function) or "").partition("\n")[0].strip(),
        outputs=_outputs(returns[0]),
        example_inputs=examples is not None,
        source=source.name,
        first_line=(source.first_line or 1) + function.lineno - 1,
    )


def _returns(function: ast.FunctionDef, source: Source) -> tuple[ast.expr, ...]:
    """What a function's return statements return; at least one.

    Raises:
        BadRequest: nothing is returned, or not the same number of tensors everywhere.
    """
    found = [node for node in _own_nodes(function) if isinstance(node, ast.Return)]
    values = tuple(node.value for node in found if node.value is not None)
    if not values:
        raise _refused(
            f"{function.name!r} returns nothing",
            function,
            source,
            "End it with return.",
        )
    for node in found:
        if node.value is None or _outputs(node.value) != _outputs(values[0]):
            raise _refused(
                f"{function.name!r} returns {_outputs(values[0])} tensor(s) in one place "
                "and not the same number here",
                node,
                source,
                "Return as many tensors everywhere.",
            )
    for value in values:
        _check_returned(value, source)
    return values


def _check_returned(value: ast.expr, source: Source) -> None:
    odd = isinstance(value, ast.Dict | ast.Set | ast.List | ast.ListComp | ast.Constant)
    open_end = isinstance(value, ast.Tuple) and any(
        isinstance(each, ast.Starred) for each in value.elts
    )
    if odd or open_end:
        raise _refused(
            f"a forward returns a tensor or a tuple of them, not {source.segment(value)}",
            value,
            source,
            "Return each tensor by name: return a, b.",
        )


def _outputs(value: ast.expr) -> int:
    return len(value.elts) if isinstance(value, ast.Tuple) else 1


def _defines(node: ast.stmt) -> list[str]:
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
            return _refused(
                f"{name!r} is defined inside something else",
                node,
                source,
                "Move it to the top of the file, not indented.",
            )
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    near = nearest(name, functions)
    listed = ", ".join(functions) or "none"
    return BadRequest(
        f"{source.name} has no function {name!r}",
        instead=f"Did you mean {near!r}?" if near else f"Its functions: {listed}.",
    )


def _check_plain(function: ast.FunctionDef, source: Source) -> None:
    if function.decorator_list:
        decorator = function.decorator_list[0]
        raise _refused(
            f"{function.name!r} is decorated with @{source.segment(decorator)}",
            decorator,
            source,
            "Remove the decorator: the forward is taken as it is written.",
        )
    for node in _own_nodes(function):
        if isinstance(node, ast.Yield | ast.YieldFrom):
            raise _refused(
                f"{function.name!r} is a generator: it yields", node, source, _PLAIN
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


def _first_argument(function: ast.FunctionDef) -> str | None:
    ordinary = (*function.args.posonlyargs, *function.args.args)
    return ordinary[0].arg if ordinary else None


def _examples(tree: ast.Module, source: Source) -> ast.FunctionDef | None:
    if not any(EXAMPLES in _defines(node) for node in tree.body):
        return None
    examples = function_named(EXAMPLES, tree, source)
    _check_plain(examples, source)
    return examples


def _in_order(pieces: Sequence[ast.stmt]) -> tuple[ast.stmt, ...]:
    once = {id(each): each for each in pieces}.values()
    return tuple(sorted(once, key=lambda each: (each.lineno, each.col_offset)))


def _refused(what: str, node: ast.AST, source: Source, instead: str) -> BadRequest:
    assert isinstance(node, ast.stmt | ast.expr)
    place = source.place(source.span(node)[0])
    return BadRequest(what, place=place, instead=instead)
