"""Let the user's own text return more, where it can."""

import ast
from collections.abc import Sequence

__all__ = ["spliced"]


def spliced(body: str, names: Sequence[str]) -> str:
    """Return some of the text's variables beside its result; "" where that can't be done.

    Before and after, for `weights`::

        return weights @ v
        return weights @ v, weights
    """
    if not body or not names:
        return ""
    tree = ast.parse(body_as_function(body))
    [function] = tree.body
    assert isinstance(function, ast.FunctionDef)
    last = function.body[-1]
    returns = [each for each in ast.walk(function) if isinstance(each, ast.Return)]
    if len(returns) != 1 or returns[0] is not last or last.value is None:
        return ""
    if isinstance(last.value, ast.Tuple):
        return ""
    return inserted(body, last.value, f", {', '.join(names)}")


def inserted(body: str, value: ast.expr, text: str) -> str:
    """Put a text right behind an expression: before its comment, and inside its parentheses."""
    assert value.end_lineno
    assert value.end_col_offset
    lines = body.splitlines()
    at = value.end_lineno - 2  # from 1, and behind a head
    line, end = lines[at].encode(), value.end_col_offset - 1  # in bytes
    lines[at] = (line[:end] + text.encode() + line[end:]).decode()
    return "\n".join(lines)


def body_as_function(body: str) -> str:
    """Make statements parseable where they return."""
    return HEAD + "\n".join(f" {line}" for line in body.splitlines())


HEAD = "def" + " _():\n"
