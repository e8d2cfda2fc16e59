"""The small faults that an expression may have."""

import ast
from collections.abc import Iterator, Mapping

from tests.benchmarks.rule_mutants.mutant import Kind

__all__ = ["NEGATED", "Edit", "edits_of", "edits_of_returned"]

Edit = tuple[Kind, ast.expr]

NEGATED = "_negated"  # in a rule's module, while a fault is planted there
REDUCTIONS = (
    """amax amin cumprod cumsum logcumsumexp logsumexp mean prod sum sum_to_size var"""
)
MOVES = """adjoint conj conjugate flip fliplr flipud movedim permute roll rot90 squeeze t transpose
tril triu"""
KINDS: Mapping[str, Kind] = {  # of functions and methods that are dropped
    **dict.fromkeys(REDUCTIONS.split(), Kind.REDUCTION),
    **dict.fromkeys(MOVES.split(), Kind.MOVE),
    **dict.fromkeys(["clamp", "masked_fill"], Kind.MASK),
}
PROPERTIES = frozenset(["mT", "mH", "T", "H"])
MODULES = frozenset(["torch", "F", "linalg", "fft", "special", "math"])
BOUNDARIES: Mapping[type[ast.cmpop], ast.cmpop] = {
    ast.Gt: ast.GtE(),
    ast.GtE: ast.Gt(),
    ast.Lt: ast.LtE(),
    ast.LtE: ast.Lt(),
}


def edits_of(node: ast.expr) -> Iterator[Edit]:
    """Make the faults of one expression, leaving what is inside its operands alone."""
    match node:
        case ast.BinOp():
            yield from of_operation(node)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            yield Kind.SIGN, inner
            if isinstance(inner, ast.Constant):
                lower = ast.Constant(inner.value + 1)
                yield Kind.NUMBER, ast.UnaryOp(ast.USub(), lower)
        case ast.UnaryOp(op=ast.Invert(), operand=inner):
            yield Kind.MASK, inner
        case ast.Constant(value=int() | float() as number) if type(number) is not bool:
            yield Kind.NUMBER, ast.Constant(number + 1)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            if type(op) in BOUNDARIES:
                moved = BOUNDARIES[type(op)]
                yield Kind.BOUNDARY, ast.Compare(left, [moved], [right])
        case ast.Attribute(value=inner, attr=name) if name in PROPERTIES:
            yield Kind.MOVE, inner
        case ast.Call():
            yield from of_call(node)


def of_operation(node: ast.BinOp) -> Iterator[Edit]:
    left, right = node.left, node.right
    match node.op:
        case ast.Add():
            yield Kind.SIGN, ast.BinOp(left, ast.Sub(), right)
            yield Kind.TERM, left
            yield Kind.TERM, right
        case ast.Sub():
            yield Kind.SIGN, ast.BinOp(left, ast.Add(), right)
            yield Kind.SWAP, ast.BinOp(right, ast.Sub(), left)
            yield Kind.TERM, left
            yield Kind.TERM, ast.UnaryOp(ast.USub(), right)
        case ast.Mult():
            yield Kind.FACTOR, left
            yield Kind.FACTOR, right
        case ast.Div():
            yield Kind.FACTOR, left
            yield Kind.FACTOR, ast.BinOp(ast.Constant(1), ast.Div(), right)
        case ast.Pow() | ast.FloorDiv():
            yield Kind.FACTOR, left
        case ast.BitAnd() | ast.BitOr():
            yield Kind.MASK, left
            yield Kind.MASK, right


def of_call(node: ast.Call) -> Iterator[Edit]:
    """Drop a call, and keep what it was called on."""
    name = called(node)
    if name == "where" and len(node.args) == 3:
        yield from of_choice(node)
        return
    inner = receiver(node)
    if name in KINDS and inner is not None:
        yield KINDS[name], inner


def of_choice(node: ast.Call) -> Iterator[Edit]:
    """Take one side of `where` everywhere, or each in the other's place."""
    condition, one, other = node.args
    yield Kind.SWAP, ast.Call(node.func, [condition, other, one], node.keywords)
    yield Kind.MASK, one
    yield Kind.MASK, other


def called(node: ast.Call) -> str:
    match node.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def receiver(node: ast.Call) -> ast.expr | None:
    """Find x in x.sum(0), torch.sum(x, 0) and total(x, 0)."""
    if isinstance(node.func, ast.Attribute) and not is_module(node.func.value):
        return node.func.value
    first = node.args[0] if node.args else None
    return None if isinstance(first, ast.Starred) else first


def is_module(node: ast.expr) -> bool:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in MODULES
    return False


def edits_of_returned(node: ast.expr, *, is_gradient: bool) -> Iterator[Edit]:
    """Negate what is returned; leave a gradient out."""
    if isinstance(node, ast.Constant | ast.Starred):
        return
    if isinstance(node, ast.Name) and node.id == "NotImplemented":
        return
    if not (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)):
        yield Kind.SIGN, ast.Call(ast.Name(NEGATED, ast.Load()), [node], [])
    if is_gradient:
        yield Kind.GRADIENT, ast.Constant(None)
