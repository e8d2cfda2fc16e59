"""Pieces of a user's text as they wrote them, comments and spacing included."""

import ast
from collections.abc import Sequence

from layergen.spec.source import Source, string_lines

__all__ = ["body", "definitions", "expression", "module", "statements"]

_DEFINITIONS = (ast.FunctionDef, ast.ClassDef)


def module(
    imports: Sequence[str],
    pieces: Sequence[ast.stmt],
    last: Sequence[ast.FunctionDef],
    source: Source,
) -> str:
    """Put a text together: imports, constants and helpers, then the functions `last`."""
    parts = (
        "\n".join(imports),
        definitions(pieces, source),
        *(_piece(each, source)[2] for each in last),
    )
    return "\n\n\n".join(filter(None, parts)) + "\n"


def definitions(pieces: Sequence[ast.stmt], source: Source) -> str:
    """The statements among the pieces that aren't imports, spaced as Black does."""
    text, before = "", None
    for node in pieces:
        if isinstance(node, ast.Import | ast.ImportFrom):
            continue
        first, last, piece = _piece(node, source)
        if before is not None:
            near = before[1] + 1 == first
            apart = isinstance(node, _DEFINITIONS) or isinstance(
                before[0], _DEFINITIONS
            )
            text += "\n\n\n" if apart else "\n" if near else "\n\n"
        text += piece
        before = (node, last)
    return text


def statements(function: ast.FunctionDef) -> list[ast.stmt]:
    """The statements of a function, without its docstring."""
    has_docstring = ast.get_docstring(function, clean=False) is not None
    return function.body[1:] if has_docstring else function.body


def body(function: ast.FunctionDef, source: Source) -> str:
    """The function's statements, without its docstring, not indented."""
    first, end = statements(function)[0], _end(function, source)
    line = _first_line(first)
    start = source.offset(line, first.col_offset)
    lines = source.lines
    indent = lines[line - 1][: start - source.offset(line, 0)]
    if indent.strip():  # on the line of the def or of the docstring
        return source.text[start:end]
    while lines[line - 2].lstrip().startswith("#") and line - 1 > function.lineno:
        line -= 1
    kept = string_lines(source.text)
    last = source.text.count("\n", 0, end) + 1
    return "\n".join(
        text if number in kept else _outdented(text, len(indent.expandtabs()))
        for number, text in enumerate(lines[line - 1 : last], start=line)
    )


def expression(function: ast.FunctionDef, source: Source) -> str | None:
    """What the function returns, where that is all it does; brackets included."""
    only = statements(function)
    if len(only) == 1 and isinstance(only[0], ast.Return):
        return source.segment(only[0]).removeprefix("return").strip()
    return None


def _piece(node: ast.stmt, source: Source) -> tuple[int, int, str]:
    """A statement with its decorators and comments: its first and last line, its text."""
    line = _first_line(node)
    lines, inside = source.lines, string_lines(source.text)
    start = source.offset(line, node.col_offset)
    if node.col_offset == 0:
        while line > 1 and _is_comment(lines[line - 2]) and line - 1 not in inside:
            line -= 1
        start = source.offset(line, 0)
    assert node.end_lineno is not None
    return line, node.end_lineno, source.text[start : _end(node, source)]


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])


def _is_comment(line: str) -> bool:
    """Whether a line is a comment about what follows, not about the file."""
    return line.startswith("#") and not line.startswith("#!") and "coding" not in line


def _end(node: ast.stmt, source: Source) -> int:
    """Where a statement ends, with the comment behind it."""
    _, end = source.span(node)
    rest = source.text[end:].partition("\n")[0]
    return end + len(rest.rstrip()) if rest.lstrip().startswith("#") else end


def _outdented(line: str, by: int) -> str:
    """Take columns away from the indentation; tabs reach to multiples of 8, as for Python."""
    code = line.lstrip(" \t")
    width = len(line[: len(line) - len(code)].expandtabs())
    return " " * max(0, width - by) + code
