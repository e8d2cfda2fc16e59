"""The statement that a forward ends with."""

import ast

__all__ = ["last_return"]


def last_return(body: str) -> ast.expr | None:
    """Find what a body returns, where it is one thing in one place, at the end.

    That can return more: `return weights @ v` becomes `return weights @ v, weights`.
    """
    if not body:
        return None
    tree = ast.parse(body)
    last = tree.body[-1]
    returns = [each for each in ast.walk(tree) if isinstance(each, ast.Return)]
    if returns != [last] or not isinstance(last, ast.Return):
        return None
    return None if isinstance(last.value, ast.Tuple) else last.value
