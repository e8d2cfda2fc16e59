"""A function of the user's, from the text it stands in to a Forward."""

import ast
from collections.abc import Collection, Iterable

from layergen.spec import verbatim
from layergen.spec.definition import (
    EXAMPLES,
    PLAIN,
    check_plain,
    defines,
    function_named,
    outputs,
    returned,
)
from layergen.spec.model import Argument, Form, Forward
from layergen.spec.reach import as_imports, reached
from layergen.spec.signature import arguments
from layergen.spec.source import Source

__all__ = ["read_function"]


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
    """
    check_plain(function, source)
    own = reached(function, tree, source, known)
    examples = _examples(tree, source)
    ends = (function,) if examples is None else (function, examples)
    further = own if examples is None else reached(examples, tree, source, known)
    pieces = _in_order(each for each in (*own, *further) if each not in ends)
    return Forward(
        name=function.name,
        form=_form(function),
        text=verbatim.module(as_imports(pieces, ends), pieces, ends, source),
        imports=as_imports(own, (function,)),
        preamble=verbatim.definitions(own, source),
        signature=_signature(function, source),
        body=verbatim.body(function, source),
        expression=verbatim.expression(function, source),
        summary=(ast.get_docstring(function) or "").partition("\n")[0].strip(),
        outputs=outputs(returned(function, source)[0]),
        example_inputs=examples is not None,
        source=source.name,
        first_line=(source.first_line or 1) + function.lineno - 1,
    )


def _form(function: ast.FunctionDef) -> Form:
    ordinary = (*function.args.posonlyargs, *function.args.args)
    is_method = bool(ordinary) and ordinary[0].arg == "self"
    return Form.METHOD if is_method else Form.FUNCTION


def _signature(function: ast.FunctionDef, source: Source) -> tuple[Argument, ...]:
    found = arguments(function, source)
    if not found and _form(function) is Form.FUNCTION:
        raise source.refuse(function, f"{function.name!r} takes no argument", PLAIN)
    return found


def _examples(tree: ast.Module, source: Source) -> ast.FunctionDef | None:
    if not any(EXAMPLES in defines(node) for node in tree.body):
        return None
    examples = function_named(EXAMPLES, tree, source)
    check_plain(examples, source)
    return examples


def _in_order(pieces: Iterable[ast.stmt]) -> tuple[ast.stmt, ...]:
    once = {id(each): each for each in pieces}.values()
    return tuple(sorted(once, key=lambda each: (each.lineno, each.col_offset)))
