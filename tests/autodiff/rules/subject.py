"""A rule under test, and what became of it."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from layergen.autodiff import rules


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
    return tuple(
        Subject(
            module.__name__.rpartition(".")[2],
            key,
            rule,
            getattr(module, "ELEMENTWISE", False),
            key in getattr(module, "COMPLEX", ()),
        )
        for module in families()
        for key, rule in module.RULES.items()
    )


def families() -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(rules.__path__, f"{rules.__name__}."):
        module = importlib.import_module(found.name)
        if hasattr(module, "RULES") and found.name.rpartition(".")[2] != "table":
            yield module
