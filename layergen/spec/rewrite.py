"""Texts changed at single words, everything between them left as the user wrote it."""

import ast
import io
import tokenize
import unicodedata
from collections.abc import Iterator, Mapping

from layergen.errors import BadRequest
from layergen.spec.source import Source, string_lines

__all__ = ["body_indented", "inlined", "renamed"]

_ATOMS = (ast.Attribute, ast.Call, ast.Name, ast.Subscript)
_SCOPES = (
    ast.DictComp,
    ast.FunctionDef,
    ast.GeneratorExp,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
)


def body_indented(body: str, by: int) -> str:
    """Indent statements by a number of spaces, the insides of strings left alone."""
    inside = string_lines(body)
    return "\n".join(
        line if number in inside or not line.strip() else " " * by + line
        for number, line in enumerate(body.split("\n"), start=1)
    )


def renamed(text: str, old: str, new: str) -> str:
    """Rename an identifier everywhere in a text: `swish(x).swish` -> `f(x).swish`.

    Attributes, keyword names in calls, strings and comments keep theirs.
    """
    source = Source.read("the text", text)
    tree = _parsed(source)
    keywords = {
        source.offset(node.lineno, node.col_offset)
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword)
    }
    spans = {
        (start, start + len(old))
        for start, word, after_dot in _words(source)
        if unicodedata.normalize("NFKC", word) == old
        and not after_dot
        and start not in keywords
    }
    spans |= {span for name, span in _names(tree, source, frozenset()) if name == old}
    return _replaced(source.text, dict.fromkeys(spans, new))


def inlined(expression: str, replacements: Mapping[str, str]) -> str:
    """Put other texts in the place of names: beta * x -> self.beta * x.

    What is no single value is put in brackets. Names that a comprehension or lambda
    inside the expression binds are its own, and stay.
    """
    source = Source.read("the expression", expression)
    spans = {
        span: _bracketed(replacements[name])
        for name, span in _names(_parsed(source), source, frozenset())
        if name in replacements
    }
    return _replaced(source.text, spans)


def _parsed(source: Source) -> ast.Module:
    """Parse statements, or an expression over several lines, which only brackets hold."""
    try:
        return ast.parse(source.text)
    except SyntaxError:
        return ast.increment_lineno(ast.parse(f"(\n{source.text}\n)"), -1)


def _words(source: Source) -> Iterator[tuple[int, str, bool]]:
    """Each identifier with its position, and whether it follows a dot."""
    before = ""
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type == tokenize.NAME:
            line, column = token.start
            start = len("\n".join([*source.lines[: line - 1], ""])) + column
            yield start, token.string, before == "."
        if token.type not in (tokenize.NL, tokenize.COMMENT):
            before = token.string


def _names(
    node: ast.AST, source: Source, bound: frozenset[str]
) -> Iterator[tuple[str, tuple[int, int]]]:
    """The names that are read from outside a text, f-strings included."""
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Load) and node.id not in bound:
            yield node.id, _verified(node, source)
        return
    if isinstance(node, _SCOPES):
        bound |= _bound_in(node)
    for child in ast.iter_child_nodes(node):
        yield from _names(child, source, bound)


def _bound_in(scope: ast.AST) -> frozenset[str]:
    args = {node.arg for node in ast.walk(scope) if isinstance(node, ast.arg)}
    stored = {
        node.id
        for node in ast.walk(scope)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return frozenset(args | stored)


def _verified(node: ast.Name, source: Source) -> tuple[int, int]:
    """The span of a name; Python 3.11 misplaces some inside f-strings of several lines."""
    start, end = source.span(node)
    if unicodedata.normalize("NFKC", source.text[start:end]) != node.id:
        raise BadRequest(
            f"{node.id!r} inside an f-string of several lines can't be rewritten",
            instead="Compute the text before the f-string, or write it on one line.",
        )
    return start, end


def _bracketed(text: str) -> str:
    try:
        atom = isinstance(ast.parse(text, mode="eval").body, _ATOMS)
    except SyntaxError:
        atom = False
    return text if atom else f"({text})"


def _replaced(text: str, spans: Mapping[tuple[int, int], str]) -> str:
    pieces, last = [], 0
    for start, end in sorted(spans):
        pieces += [text[last:start], spans[start, end]]
        last = end
    return "".join(pieces) + text[last:]
