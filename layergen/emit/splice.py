"""Let the user's own text return more, where it can."""

import ast
from collections.abc import Sequence

from layergen.spec.last_return import last_return

__all__ = ["spliced"]


def spliced(body: str, names: Sequence[str]) -> str:
    """Return some of the text's variables beside its result; "" where that can't be done.

    Before and after, for `weights`::

        return weights @ v
        return weights @ v, weights
    """
    value = last_return(body)
    if value is None or not names:
        return ""
    return inserted(body, value, f", {', '.join(names)}")


def inserted(body: str, value: ast.expr, text: str) -> str:
    """Put a text right behind an expression: before its comment, and inside its parentheses."""
    assert value.end_lineno
    lines = body.splitlines()
    at, end = value.end_lineno - 1, value.end_col_offset
    line = lines[at].encode()  # columns are counted in bytes
    lines[at] = (line[:end] + text.encode() + line[end:]).decode()
    return "\n".join(lines)
