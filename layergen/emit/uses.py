"""Which imports a file needs: the usual ones by name, the user's own verbatim."""

import ast
from collections.abc import Iterable

from layergen.emit.views import UsesView
from layergen.spec.forward import module_uses
from layergen.spec.model import Forward

__all__ = ["binds", "own_imports", "uses_of"]

# What the templates import themselves, as (module, name, bound to).
USUAL = frozenset(
    {
        ("torch", "", "torch"),
        ("math", "", "math"),
        ("torch.nn.functional", "", "F"),
        ("torch.nn", "functional", "F"),
        ("torch", "nn", "nn"),
        ("torch.nn", "", "nn"),
        ("torch", "Tensor", "Tensor"),
    }
)


def uses_of(forwards: Iterable[Forward], texts: Iterable[str]) -> UsesView:
    """Gather the imports of a file that carries these texts of these forwards."""
    found = frozenset[str]().union(*map(module_uses, texts))
    others = {line: None for forward in forwards for line in own_imports(forward)}
    return UsesView(
        torch="torch" in found,
        math="math" in found,
        functional="F" in found,
        nn="nn" in found,
        others=tuple(others),
    )


def own_imports(forward: Forward) -> tuple[str, ...]:
    """Leave out the imports that the templates write."""
    return tuple(line for line in forward.imports if not set(bindings(line)) <= USUAL)


def binds(forward: Forward) -> frozenset[str]:
    """List the names that the imports in a forward's text bind."""
    return frozenset(bound for _, _, bound in bindings(forward.text))


def bindings(text: str) -> list[tuple[str, str, str]]:
    """Take import statements apart: (module, name, what it is bound to)."""
    found: list[tuple[str, str, str]] = []
    for node in ast.parse(text).body:
        if isinstance(node, ast.Import):
            found += [
                (each.name, "", each.asname or each.name.partition(".")[0])
                for each in node.names
            ]
        elif isinstance(node, ast.ImportFrom):
            found += [
                (node.module or "", each.name, each.asname or each.name)
                for each in node.names
            ]
    return found
