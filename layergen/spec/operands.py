"""The constants, indices, tuples and comparisons of an expression."""

import ast

from layergen.errors import BadRequest
from layergen.spec.context import Context
from layergen.spec.numeric import is_number

__all__ = [
    "MASKS",
    "check_comparison",
    "check_constant",
    "check_index",
    "check_sequence",
]

MASKS = "Combine masks with & | ~, each comparison in brackets: (x > 0) & (x < 1)."


def check_constant(
    node: ast.Constant, parent: ast.AST | None, context: Context
) -> None:
    """Refuse texts, bytes, None and ... where no function takes them."""
    if isinstance(node.value, str):
        einsum = isinstance(parent, ast.Call) and "einsum" in ast.unparse(parent.func)
        if not isinstance(parent, ast.keyword) and not einsum:
            raise context.refuse(
                node,
                f"the text {node.value!r} has no place here",
                "Texts stand only in keyword arguments: gelu(x, approximate='tanh').",
            )
    elif isinstance(node.value, bytes):
        raise context.refuse(
            node, "bytes have no place in an expression", "Leave them out."
        )
    elif node.value is ...:
        if not isinstance(parent, ast.Subscript | ast.Tuple):
            raise context.refuse(
                node, "'...' stands only in an index", "Write x[..., 0]."
            )
    elif isinstance(node.value, bool | None) and not isinstance(
        parent, ast.Call | ast.keyword | ast.Subscript | ast.Slice | ast.Tuple
    ):
        raise context.refuse(
            node, f"{node.value} has no place in arithmetic", "Write a number."
        )


def check_comparison(node: ast.Compare, context: Context) -> None:
    """Refuse 0 < x < 1, which means `0 < x and x < 1`."""
    if len(node.ops) > 1:
        raise context.refuse(
            node, "a chained comparison takes one truth value, not a tensor's", MASKS
        )


def check_index(node: ast.Subscript, index: ast.expr, context: Context) -> None:
    """Allow x[0], x[1:n], x[..., None]; a tensor as index has functions of its own."""
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    for part in parts:
        bounds = (
            [part.lower, part.upper, part.step]
            if isinstance(part, ast.Slice)
            else [part]
        )
        for bound in bounds:
            empty = bound is None or (
                isinstance(bound, ast.Constant) and bound.value in (None, ...)
            )
            if (
                bound is not None
                and not empty
                and not is_number(bound, context.scalars)
            ):
                raise _no_index(bound, context)


def _no_index(bound: ast.expr, context: Context) -> BadRequest:
    return context.refuse(
        bound,
        f"{ast.unparse(bound)} is no index: an index is a whole number, a slice, None or ...",
        "For an index tensor write x.index_select(dim, i) or x.gather(dim, i), for a mask "
        "where(mask, x, 0); declare a whole number with --arg NAME:int.",
    )


def check_sequence(
    node: ast.Tuple | ast.List, parent: ast.AST | None, context: Context
) -> None:
    """Refuse a tuple or list that is neither an argument nor what is returned."""
    several = parent is None and isinstance(node, ast.Tuple) and bool(node.elts)
    inside = isinstance(
        parent, ast.Call | ast.keyword | ast.Subscript | ast.Tuple | ast.List
    )
    if not several and not inside:
        raise context.refuse(
            node,
            "a tuple or list stands only as an argument: x.mean((1, 2))",
            "Write tensors and numbers; stack(...) makes a tensor of several.",
        )
