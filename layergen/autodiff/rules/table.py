"""All families in one table."""

import pkgutil
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import layergen.autodiff.rules as rules_
from layergen.autodiff.rules.rule import Rule

__all__ = ["COMPLEX", "DEFINITIONS", "ELEMENTWISE", "RULES", "UNFOLDED"]

modules = [
    import_module(f"{rules_.__name__}.{each.name}")
    for each in pkgutil.iter_modules(rules_.__path__)
    if each.name not in ("table", "rule")
]
RULES: Mapping[str, Rule] = {}
DEFINITIONS: Mapping[str, Callable[..., Any]] = {}
UNFOLDED: Mapping[str, Callable[..., Any]] = {}
ELEMENTWISE: frozenset[str] = frozenset()
COMPLEX: frozenset[str] = frozenset()
for module in modules:
    RULES = {**RULES, **getattr(module, "RULES", {})}
    DEFINITIONS = {**DEFINITIONS, **getattr(module, "DEFINITIONS", {})}
    UNFOLDED = {**UNFOLDED, **getattr(module, "UNFOLDED", {})}
    COMPLEX |= getattr(module, "COMPLEX", frozenset())
    if getattr(module, "ELEMENTWISE", False):
        ELEMENTWISE |= frozenset(module.RULES)
