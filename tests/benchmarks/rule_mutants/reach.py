"""Which calls run through which statements."""

import ast
import importlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import zip_longest
from types import FrameType
from typing import Any

from layergen.autodiff import rules
from layergen.autodiff.rules.table import DEFINITIONS, RULES
from tests.benchmarks.rule_mutants.mutant import Mutant, Statement
from tests.benchmarks.rule_mutants.statements import FOLDER, statements
from tests.benchmarks.rule_mutants.subjects import Subject, Way, printed, subjects_of

__all__ = ["keys_of", "reaching"]

Lines = frozenset[tuple[str, int]]  # of modules: ("activations", 47)


def reaching(mutant: Mutant) -> Iterator[Subject]:
    """List the calls that run through the changed lines."""
    first, last = mutant.lines
    module = mutant.statement.module
    is_function = isinstance(mutant.statement.tree, ast.FunctionDef)
    for alone in in_turn([subjects_of(key) for key in keys_of(mutant.statement)]):
        subject = alone if lines_of(alone) else replace(alone, way=Way.INSIDE)
        lines = lines_of(subject)
        runs = any((module, line) in lines for line in range(first, last + 1))
        if runs or (lines and not is_function):
            yield subject


def in_turn(calls: Sequence[Sequence[Subject]]) -> Iterator[Subject]:
    """Take the first call of each rule, then the second of each: one rule's are much alike."""
    for each in zip_longest(*calls):
        yield from (subject for subject in each if subject is not None)


@cache
def lines_of(subject: Subject) -> Lines:
    """Find the lines of the rules that a derivation runs through; none where it is refused."""
    found: set[tuple[str, int]] = set()

    def at_line(frame: FrameType, event: str, arg: Any) -> Callable[..., Any]:
        found.add((names[frame.f_code.co_filename], frame.f_lineno))
        return at_line

    def at_call(frame: FrameType, event: str, arg: Any) -> Callable[..., Any] | None:
        return at_line(frame, event, arg) if frame.f_code.co_filename in names else None

    names = {str(path): path.stem for path in FOLDER.glob("*.py")}
    sys.settrace(at_call)
    try:
        printed(subject, once=True)
    except Exception:
        return frozenset()
    finally:
        sys.settrace(None)
    return frozenset(found)


@cache
def keys_of(statement: Statement) -> tuple[str, ...]:
    """List the rules that lean on a statement, those of its own module first."""
    found = []
    for key, rule in {**RULES, **DEFINITIONS}.items():
        function = rule.func if isinstance(rule, partial) else rule
        module = function.__module__.rpartition(".")[2]
        if statement.title in behind(f"{module}.{function.__name__}"):
            found.append((module != statement.module, key))
    return tuple(key for _, key in sorted(found))


@cache
def behind(title: str) -> frozenset[str]:
    """List the statements that one leans on, itself among them."""
    found, rest = set(), [title]
    while rest:
        each = rest.pop()
        if each not in found:
            found.add(each)
            rest += uses().get(each, ())
    return frozenset(found)


@cache
def uses() -> Mapping[str, frozenset[str]]:
    """List what each statement names of the rules' modules."""
    known = {each.title for each in statements()}
    return {
        each.title: frozenset(
            title
            for node in ast.walk(each.tree)
            if isinstance(node, ast.Name)
            and (title := home(each.module, node.id)) in known
        )
        for each in statements()
    }


def home(module: str, name: str) -> str:
    """Find where a name of a module is written: "adjoint.scaled"."""
    held = getattr(importlib.import_module(f"{rules.__name__}.{module}"), name, None)
    if callable(held) and getattr(held, "__module__", "").startswith(rules.__name__):
        return f"{held.__module__.rpartition('.')[2]}.{held.__name__}"
    return f"{module}.{name}"
