"""The user's mathematics, from an expression, a file or a stored text, into a Forward."""

import textwrap
from collections.abc import Sequence
from pathlib import Path

from layergen.spec.body import (
    assigned_names,
    check_body,
    function_node,
    module_uses,
    self_attributes,
    used_names,
)
from layergen.spec.definition import function_named, last_function
from layergen.spec.function import read_function
from layergen.spec.model import Forward, Shape
from layergen.spec.python_file import (
    check_neighbours,
    read_file,
    run_once,
    split_reference,
)
from layergen.spec.reach import USUAL_NAMES
from layergen.spec.rewrite import body_indented, inlined, renamed
from layergen.spec.signature import returned_shapes as shapes_of_return
from layergen.spec.source import Source

__all__ = [
    "assigned_names",
    "body_indented",
    "check_body",
    "from_expression",
    "from_file",
    "from_text",
    "inlined",
    "module_uses",
    "renamed",
    "returned_shapes",
    "self_attributes",
    "used_names",
]


def from_expression(
    text: str,
    name: str,
    *,
    submodules: Sequence[str] = (),
    scalars: frozenset[str] = frozenset(),
    order: Sequence[str] = (),
) -> Forward:
    """Read the expression of `--forward`: it is parsed, never evaluated.

    Args:
        text: `x * sigmoid(beta * x)`.
        name: what its function is called; with submodules it is a method, `forward`.
        submodules: names that may be called, as `fc(x)`: it becomes self.fc(x).
        scalars: names that are declared as something else than a tensor.
        order: all declared names, in order; undeclared ones come before them.

    Raises:
        BadRequest: it is no expression of the vocabulary; the column is told.
    """
    # a default needs no grammar of expressions: its start-up does not pay for it
    from layergen.spec.context import Context
    from layergen.spec.formula import (
        as_function,
        expression_source,
        in_order,
        parse_expression,
    )
    from layergen.spec.grammar import examine

    source = expression_source(text)
    tree = parse_expression(source)
    context = Context(source, scalars, tuple(order), tuple(submodules))
    found = examine(tree, context)
    arguments = in_order(found.names, order)
    if submodules:
        name, arguments = "forward", ("self", *arguments)
    function = as_function(source, name, arguments, found.inserted)
    return _read(Source("--forward", function), name, frozenset(USUAL_NAMES))


def from_file(reference: str, cwd: Path) -> Forward:
    """Read FILE.py:FUNCTION of `--from`, and run the file once.

    Raises:
        BadRequest: no such file or function, or one that can't stand on its own.
    """
    file, function = split_reference(reference)
    path, source = read_file(file, cwd)
    forward = _read(source, function, frozenset())
    check_neighbours(forward.imports, path, source)
    run_once(path, source)
    return forward


def from_text(
    text: str,
    where: str,
    *,
    name: str | None = None,
    known: frozenset[str] = frozenset(),
    first_line: int = 1,
) -> Forward:
    """Read the forward text of a layergen.toml.

    Args:
        text: as it is stored; torch, math, nn, F and Tensor need no import in it.
        where: what messages call it: `swish/layergen.toml`.
        name: of the function; default: the last one, example_inputs apart.
        known: further names that the function may use, as the component's op.
        first_line: the line of `where` at which the text begins.

    Raises:
        BadRequest: it is no Python, or has no function that can stand on its own.
    """
    if text[:1].isspace():
        text = textwrap.dedent(text)
    source = Source.read(where, text, first_line)
    return _read(source, name, known | frozenset(USUAL_NAMES))


def returned_shapes(forward: Forward) -> tuple[Shape, ...]:
    """Shapes of what the forward returns, by its annotation; () where it tells none."""
    return shapes_of_return(*function_node(forward))


def _read(source: Source, name: str | None, known: frozenset[str]) -> Forward:
    tree = source.parse()
    function = (
        last_function(tree, source)
        if name is None
        else function_named(name, tree, source)
    )
    return read_function(function, tree, source, known)
