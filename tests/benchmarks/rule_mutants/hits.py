"""Which lines of the rules run: each statement says so itself, which costs less than a tracer."""

import ast
import copy
import importlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from operator import attrgetter
from types import CodeType, FunctionType

from layergen.autodiff import rules
from tests.benchmarks.rule_mutants.planting import code_of
from tests.benchmarks.rule_mutants.statements import statements

__all__ = ["Line", "hits"]

Line = tuple[str, int]  # of a module: ("activations", 47)
HIT = "_hit"  # in a rules module, while its lines are recorded


@contextmanager
def hits() -> Iterator[set[Line]]:
    """Record the lines that run."""
    found: set[Line] = set()
    before = [(function, function.__code__) for _, function, _ in recording()]
    modules = {
        name: importlib.import_module(f"{rules.__name__}.{name}")
        for name, _, _ in recording()
    }
    for name, module in modules.items():
        setattr(module, HIT, partial(add, found, name))
    for _, function, code in recording():
        function.__code__ = code
    try:
        yield found
    finally:
        for function, code in before:
            function.__code__ = code
        for module in modules.values():
            delattr(module, HIT)


def add(found: set[Line], module: str, first: int, behind: int) -> None:
    found.update((module, line) for line in range(first, behind))


@cache
def recording() -> tuple[tuple[str, FunctionType, CodeType], ...]:
    """Make every function of the rules tell what runs."""
    found = []
    for each in statements():
        module = importlib.import_module(f"{rules.__name__}.{each.module}")
        function = attrgetter(each.name)(module)
        if isinstance(function, FunctionType) and isinstance(
            each.tree, ast.FunctionDef
        ):
            tree = copy.deepcopy(each.tree)
            tree.body = [*telling(tree.body)]
            code = code_of(ast.fix_missing_locations(tree), each.name, module)
            found.append((each.module, function, code))
    return tuple(found)


def telling(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Put before each statement that it runs."""
    for each in body:
        for field in ("body", "orelse", "finalbody"):
            if inner := getattr(each, field, None):
                setattr(each, field, [*telling(inner)])
        yield ast.copy_location(told(each), each)
        yield each


def told(statement: ast.stmt) -> ast.stmt:
    """Say that a statement runs; of `if` and the like, its first lines."""
    inner = getattr(statement, "body", None)
    behind = inner[0].lineno if inner else (statement.end_lineno or 0) + 1
    lines: list[ast.expr] = [ast.Constant(statement.lineno), ast.Constant(behind)]
    return ast.Expr(ast.Call(ast.Name(HIT, ast.Load()), lines, []))
