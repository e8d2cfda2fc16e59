"""Put a fault into a rule that is in use, and take it out again."""

import ast
import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from operator import attrgetter
from types import CodeType, FunctionType, ModuleType
from typing import Any

from torch import Tensor

from layergen.autodiff import rules
from tests.benchmarks.rule_mutants.edits import NEGATED
from tests.benchmarks.rule_mutants.mutant import Mutant

__all__ = ["code_of", "planted"]


@contextmanager
def planted(mutant: Mutant) -> Iterator[None]:
    """Let every user of a rule, a helper or a constant meet the fault."""
    module = importlib.import_module(f"{rules.__name__}.{mutant.statement.module}")
    before = dict(vars(module))
    setattr(module, NEGATED, negated)
    held = attrgetter(mutant.statement.name)(module)
    is_function = isinstance(held, FunctionType)
    code = held.__code__ if is_function else None
    try:
        if is_function:
            # its users hold the function itself
            held.__code__ = code_of(mutant.tree, mutant.statement.name, module)
        else:
            exec(compiled(mutant.tree, module), vars(module))
        yield
    finally:
        if is_function:
            held.__code__ = code
        vars(module).clear()
        vars(module).update(before)


def code_of(tree: ast.stmt, name: str, module: ModuleType) -> CodeType:
    """Compile a function's statement, and take the body out."""
    found = [
        each
        for each in compiled(tree, module).co_consts
        if isinstance(each, CodeType) and each.co_name == name.rpartition(".")[2]
    ]
    [code] = found
    return code


def compiled(tree: ast.stmt, module: ModuleType) -> CodeType:
    return compile(ast.Module([tree], []), str(module.__file__), "exec")


def negated(value: Any) -> Any:
    """Negate tensors, and each of a list or table of them; leave None and the like."""
    match value:
        case Tensor():
            return -value
        case list():
            return [negated(each) for each in value]
        case tuple():
            return tuple(negated(each) for each in value)
        case dict():
            return {key: negated(each) for key, each in value.items()}
    return value
