"""A rule under test, and what became of it."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from layergen.autodiff import rules
from tests.autodiff.rules.definition import as_rule


@dataclass(frozen=True, slots=True)
class Subject:
    """A rule under test."""

    family: str
    key: str
    rule: Callable[..., Any]
    is_elementwise: bool
    is_complex: bool


@cache
def subjects() -> tuple[Subject, ...]:
    """Find the rules and the definitions of every family."""
    return tuple(subject for module in families() for subject in of_family(module))


def of_family(module: ModuleType) -> Iterator[Subject]:
    name = module.__name__.rpartition(".")[2]
    is_elementwise = getattr(module, "ELEMENTWISE", False)
    complex_keys = getattr(module, "COMPLEX", ())
    for key, rule in getattr(module, "RULES", {}).items():
        yield Subject(name, key, rule, is_elementwise, key in complex_keys)
    definitions = {**getattr(module, "DEFINITIONS", {})}
    definitions |= module.UNFOLDED if name in PLAIN else {}
    for key, definition in definitions.items():
        yield Subject(name, key, as_rule(definition), False, False)


# Families whose steps draw no numbers, and change nothing that they are given.
PLAIN = (
    "composite_losses",
    "composites_differences",
    "composites_shapes",
    "composites_statistics",
)


def families() -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(rules.__path__, f"{rules.__name__}."):
        if found.name.rpartition(".")[2] != "table":  # they are merged there
            yield importlib.import_module(found.name)
