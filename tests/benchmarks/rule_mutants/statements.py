"""The rules' source, statement by statement, and every fault that each may have."""

import ast
import copy
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from layergen.autodiff import rules
from tests.benchmarks.rule_mutants.edits import (
    NEGATED,
    Edit,
    edits_of,
    edits_of_returned,
)
from tests.benchmarks.rule_mutants.mutant import Mutant, Statement

__all__ = ["FOLDER", "mutants_of", "statements"]

FOLDER = Path(rules.__path__[0])
NO_RULES = {"table", "rule"}
# What says which rules there are, and not what they compute.
TABLES = {"RULES", "DEFINITIONS", "COMPLEX", "ELEMENTWISE", "__all__"}
# Which form is taken is not arithmetic: a condition on ranks, None, flags and literals.
ASIDE: Mapping[type[ast.AST], frozenset[str]] = {
    ast.FunctionDef: frozenset(["args", "decorator_list", "returns"]),
    ast.AnnAssign: frozenset(["target", "annotation"]),
    ast.If: frozenset(["test"]),
    ast.IfExp: frozenset(["test"]),
    ast.While: frozenset(["test"]),
    ast.comprehension: frozenset(["ifs"]),
    ast.Raise: frozenset(["exc", "cause"]),
    ast.Assert: frozenset(["test", "msg"]),
    ast.Lambda: frozenset(["args"]),
    ast.JoinedStr: frozenset(["values"]),
}


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a tree that holds an expression."""

    parent: Any
    field: str
    index: int | None
    node: ast.expr

    def put(self, node: ast.expr) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


@cache
def statements() -> tuple[Statement, ...]:
    """Read the functions and constants of every family."""
    return tuple(
        Statement(path.stem, name, each)
        for path in sorted(FOLDER.glob("*.py"))
        if path.stem not in NO_RULES
        for name, each in named(ast.parse(path.read_text()).body)
        if name not in TABLES
    )


def named(body: Iterable[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
    """Name statements, the methods of a class one by one: "Heads.attend"."""
    for each in body:
        if isinstance(each, ast.ClassDef):
            methods = (one for one in each.body if isinstance(one, ast.FunctionDef))
            yield from ((f"{each.name}.{one.name}", one) for one in methods)
        elif name := name_of(each):
            yield name, each


def name_of(statement: ast.stmt) -> str:
    match statement:
        case ast.FunctionDef(name=name):
            return name
        case ast.Assign(value=ast.Subscript() | ast.BinOp(op=ast.BitOr())):
            return ""  # a type by another name
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
            return name
    return ""


def mutants_of(statement: Statement) -> Iterator[Mutant]:
    """Plant each fault into a copy of a statement."""
    seen: Counter[str] = Counter()
    for slot, (kind, after) in edits(statement.tree):
        made = Mutant(
            statement,
            kind,
            ast.unparse(slot.node),
            spelled(after),
            0,
            (slot.node.lineno, slot.node.end_lineno or slot.node.lineno),
            with_edit(statement.tree, slot, after),
        )
        again = seen[made.change]
        seen[made.change] += 1
        yield replace(made, again=again) if again else made


def spelled(node: ast.expr) -> str:
    match node:
        case ast.Call(func=ast.Name(id=name), args=[inner]) if name == NEGATED:
            return f"-({ast.unparse(inner)})"
    return ast.unparse(node)


def with_edit(tree: ast.stmt, slot: Slot, after: ast.expr) -> ast.stmt:
    """Copy a tree with another expression in one place."""
    slot.put(ast.copy_location(after, slot.node))
    try:
        return ast.fix_missing_locations(copy.deepcopy(tree))
    finally:
        slot.put(slot.node)


def edits(tree: ast.stmt) -> Iterator[tuple[Slot, Edit]]:
    for slot in slots(tree):
        for each in edits_of(slot.node):
            yield slot, each
    if isinstance(tree, ast.FunctionDef) and gives_tensors(tree):
        for slot, is_gradient in returned(tree):
            for each in edits_of_returned(slot.node, is_gradient=is_gradient):
                yield slot, each


def slots(node: ast.AST) -> Iterator[Slot]:
    """List the expressions below a node, docstrings and conditions left out."""
    aside = ASIDE.get(type(node), frozenset())
    for field, value in ast.iter_fields(node):
        if field in aside:
            continue
        for index, each in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(each, ast.AST) or is_text(each):
                continue
            if isinstance(each, ast.expr):
                yield Slot(
                    node, field, index if isinstance(value, list) else None, each
                )
            if not is_signed_number(each):
                yield from slots(each)


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def is_signed_number(node: ast.AST) -> bool:
    """Tell whether a node is -1: its 1 has no faults of its own."""
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
            return True
    return False


def gives_tensors(function: ast.FunctionDef) -> bool:
    """Tell whether tensors are returned, and not sizes or dimensions."""
    said = ast.unparse(function.returns) if function.returns else "Any"
    return said == "Any" or any(
        each in said for each in ("Tensor", "Gradients", "Parts")
    )


def returned(function: ast.FunctionDef) -> Iterator[tuple[Slot, bool]]:
    """List what is returned: each gradient of a tuple, or the one value."""
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            for index, each in enumerate(node.value.elts):
                yield Slot(node.value, "elts", index, each), True
        elif isinstance(node, ast.Return) and node.value is not None:
            yield Slot(node, "value", None, node.value), False
