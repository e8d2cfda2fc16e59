"""Expressions in initial values and constructors: parsed and looked through, never run."""

import ast
from collections.abc import Iterator

from layergen.errors import BadRequest
from layergen.spec.excerpt import Excerpt
from layergen.spec.source import MAX_DEPTH, depth

__all__ = [
    "ARITHMETIC",
    "OPERATORS",
    "check_kinds",
    "expression",
    "free_names",
    "offset",
    "source",
]

LONGEST = 2000  # characters; far past any constructor, well before Python's own limits
ARITHMETIC = (ast.Constant, ast.Name, ast.BinOp, ast.UnaryOp)
OPERATORS = (
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.FloorDiv,
    ast.Mod,
    ast.Pow,
    ast.UAdd,
    ast.USub,
)


def expression(given: Excerpt) -> ast.expr:
    """Parse one expression, which may run over several lines."""
    if len(given.text) > LONGEST:
        raise given.wrong(
            f"the expression is longer than {LONGEST} characters",
            instead="Put the arithmetic into a constructor argument.",
        )
    try:
        tree = ast.parse(f"({given.text}\n)", mode="eval").body
    except SyntaxError as error:
        at = position(given.text, error.lineno or 1, (error.offset or 1) - 1)
        raise given.wrong(
            f"{given.text!r} is no Python expression: {error.msg}", at
        ) from error
    except (ValueError, MemoryError, RecursionError) as error:
        raise given.wrong(f"{given.text[:40]!r}... can't be parsed") from error
    if depth(tree) > MAX_DEPTH:
        raise given.wrong(
            f"the expression is nested more than {MAX_DEPTH} levels deep",
            instead="Put the arithmetic into a constructor argument.",
        )
    return tree


def position(text: str, line: int, column: int) -> int:
    """Turn line and 0-based column of the parsed text into an offset into the given one."""
    lines = text.split("\n")
    before = sum(len(each) + 1 for each in lines[: line - 1])
    shift = 1 if line == 1 else 0  # the bracket put before the text
    return max(0, min(before + column - shift, len(text)))


def offset(node: ast.expr | ast.keyword, given: Excerpt) -> int:
    """Tell where in the given text a node begins."""
    line = given.text.split("\n")[node.lineno - 1]
    prefix = "(" if node.lineno == 1 else ""
    bytes_before = (prefix + line).encode()[: node.col_offset]
    return position(given.text, node.lineno, len(bytes_before.decode(errors="replace")))


def source(node: ast.expr, given: Excerpt) -> str:
    """Take a node's own text, verbatim."""
    segment = ast.get_source_segment(f"({given.text}\n)", node)
    assert segment is not None, "a parsed node has its source"
    return segment


def check_kinds(
    tree: ast.expr, kinds: tuple[type[ast.AST], ...], given: Excerpt, instead: str
) -> None:
    """Refuse every construct that is not of the kinds and operators listed."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp | ast.UnaryOp) and not isinstance(
            node.op, kinds + OPERATORS
        ):
            raise refused(node, given, instead)
        if isinstance(node, ast.expr) and not isinstance(node, kinds):
            raise refused(node, given, instead)


def refused(node: ast.expr, given: Excerpt, instead: str) -> BadRequest:
    """Make the error for a construct that has no place here."""
    return given.wrong(
        f"{source(node, given)!r} can't stand here", offset(node, given), instead
    )


def free_names(tree: ast.AST) -> tuple[str, ...]:
    """List the names that an expression takes from outside, each once, in order."""
    return tuple(dict.fromkeys(names_of(tree, frozenset())))


def names_of(node: ast.AST, bound: frozenset[str]) -> Iterator[str]:
    """Walk the names that no comprehension around them binds."""
    if isinstance(node, ast.Name) and node.id not in bound:
        yield node.id
    for generator in getattr(node, "generators", ()):
        bound |= {
            name.id for name in ast.walk(generator.target) if isinstance(name, ast.Name)
        }
    for child in ast.iter_child_nodes(node):
        yield from names_of(child, bound)
