"""Which calls run through which statements."""

import ast
import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import chain, islice, zip_longest
from typing import Any

from layergen.autodiff import rules
from layergen.autodiff.rules.table import DEFINITIONS, RULES, UNFOLDED
from tests.benchmarks.rule_mutants.hits import Line, hits
from tests.benchmarks.rule_mutants.mutant import Mutant, Statement
from tests.benchmarks.rule_mutants.statements import statements
from tests.benchmarks.rule_mutants.subjects import Subject, Way, printed, subjects_of

__all__ = ["keys_of", "reaching"]

LOOKED_AT = 100  # calls, for those that reach a line: each is derived once


def reaching(mutant: Mutant) -> Iterator[Subject]:
    """List the calls that run through the changed lines."""
    first, last = mutant.lines
    module = mutant.statement.module
    is_function = isinstance(mutant.statement.tree, ast.FunctionDef)
    calls = [each for key in keys_of(mutant.statement) for each in alike(key)]
    for alone in islice(in_turn(calls), LOOKED_AT):
        subject = alone if lines_of(alone) else replace(alone, way=Way.INSIDE)
        lines = lines_of(subject)
        runs = any((module, line) in lines for line in range(first, last + 1))
        if runs or (lines and not is_function):
            yield subject


def alike(key: str) -> Iterator[Sequence[Subject]]:
    """Group a rule's calls by the numbers of dimensions that go in."""
    found: dict[tuple[int, ...], list[Subject]] = {}
    for each in subjects_of(key):
        ranks = tuple(tensor.dim() for tensor in each.sample.tensors())
        found.setdefault(ranks, []).append(each)
    yield from found.values()


def in_turn(calls: Sequence[Sequence[Subject]]) -> Iterator[Subject]:
    """Take the first call of each group, then the second of each."""
    for each in zip_longest(*calls):
        yield from (subject for subject in each if subject is not None)


@cache
def lines_of(subject: Subject) -> frozenset[Line]:
    """Find the lines of the rules that a derivation runs through; none where it is refused."""
    with hits() as found:
        try:
            printed(subject, once=True)
        except Exception:
            return frozenset()
    return frozenset(found)


@cache
def keys_of(statement: Statement) -> tuple[str, ...]:
    """List the rules that lean on a statement, those of its own module first."""
    found = []
    for key, rule in chain(RULES.items(), DEFINITIONS.items(), UNFOLDED.items()):
        title = title_of(rule)
        if statement.title in behind(title):
            found.append((title.partition(".")[0] != statement.module, key))
    return tuple(dict.fromkeys(key for _, key in sorted(found)))


def title_of(rule: Callable[..., Any]) -> str:
    """Name a rule's function: "activations.gelu"."""
    function = rule.func if isinstance(rule, partial) else rule
    return f"{function.__module__.rpartition('.')[2]}.{function.__name__}"


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
    """List what each statement names of the rules' modules; of a class, every method."""
    known: dict[str, list[str]] = {}
    for each in statements():
        owner = ".".join(each.title.split(".")[:2])
        known.setdefault(owner, []).append(each.title)
    return {
        each.title: frozenset(
            title
            for name in names_in(each.tree)
            for title in known.get(home(each.module, name), ())
        )
        for each in statements()
    }


def names_in(tree: ast.stmt) -> Iterator[str]:
    """List the names of a statement, those of another module behind the module's."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name):
                yield name
            case ast.Attribute(value=ast.Name(id=module), attr=name):
                yield f"{module}.{name}"


def home(module: str, name: str) -> str:
    """Find where a name of a module is written: "adjoint.scaled"."""
    held: Any = importlib.import_module(f"{rules.__name__}.{module}")
    for each in name.split("."):
        held = getattr(held, each, None)
    owner = getattr(held, "__module__", None) or ""
    if callable(held) and owner.startswith(rules.__name__):
        return f"{held.__module__.rpartition('.')[2]}.{held.__name__}"
    return f"{module}.{name}"
