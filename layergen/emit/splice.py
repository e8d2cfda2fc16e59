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
    lines = body.splitlines()
    first, after = last.lineno - 2, (last.end_lineno or last.lineno) - 1
    statement = "\n".join(lines[first:after])
    if isinstance(last.value, ast.Tuple) or not statement.startswith("return "):
        return ""
    added = ", ".join(names)
    return "\n".join([*lines[:first], f"{statement}, {added}", *lines[after:]])


def body_as_function(body: str) -> str:
    """Make statements parseable where they return."""
    return HEAD + "\n".join(f" {line}" for line in body.splitlines())


HEAD = "def" + " _():\n"
