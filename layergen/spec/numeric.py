"""Which parts of an expression are plain numbers, and never tensors."""

import ast
from collections.abc import Collection

from layergen.spec.vocabulary import BUILTIN_NUMERIC, CONSTANTS, MATH

__all__ = ["is_number"]

_SIZES = ("dim", "ndimension", "numel", "size")


def is_number(node: ast.expr, scalars: Collection[str]) -> bool:
    """Whether a node is a Python number, given the arguments that are declared as such.

    Sizes count: `sqrt(x.shape[-1])` wants math.sqrt, as torch.sqrt takes tensors only.
    """
    match node:
        case ast.Constant(value=value):
            return isinstance(value, int | float | complex)
        case ast.Name(id=name):
            return name in scalars
        case ast.UnaryOp(operand=operand):
            return is_number(operand, scalars)
        case ast.BinOp(left=left, right=right):
            return is_number(left, scalars) and is_number(right, scalars)
        case ast.Attribute(value=ast.Name(id="math"), attr=attr):
            return attr in CONSTANTS["math"]
        case ast.Attribute(attr="ndim"):
            return True
        case ast.Subscript(value=ast.Attribute(attr="shape"), slice=index):
            return not isinstance(index, ast.Slice)
        case ast.Call():
            return _is_number_call(node, scalars)
    return False


def _is_number_call(call: ast.Call, scalars: Collection[str]) -> bool:
    match call.func:
        case ast.Attribute(value=ast.Name(id="math")):
            return True
        case ast.Attribute(attr=attr):
            return attr in _SIZES and (attr != "size" or bool(call.args))
        case ast.Name(id=name):
            known = name in MATH or name in BUILTIN_NUMERIC
            return known and all(is_number(each, scalars) for each in call.args)
    return False
