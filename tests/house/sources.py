"""What the house's tests look at: every module under layergen/ and tests/, parsed once."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file.

    Attributes:
        module: its dotted name: "layergen.spec.names".
    """

    module: str
    text: str = field(repr=False)

    @property
    def tree(self) -> ast.Module:
        return parsed(self.text)


@cache
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def sources(folder: str) -> tuple[Source, ...]:
    """Read every Python file below a folder of the repository."""
    return tuple(
        Source(dotted(path.relative_to(ROOT)), path.read_text())
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "failures" not in path.parts
    )


def dotted(path: Path) -> str:
    names = path.with_suffix("").parts
    return ".".join(names[:-1] if names[-1] == "__init__" else names)


@cache
def modules() -> frozenset[str]:
    """Name every module of the package."""
    return frozenset(source.module for source in sources("layergen"))


def imports(tree: ast.Module) -> Iterator[str]:
    """Find all that a module imports, wherever it does: modules, and `module.name`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from (f"{module}.{alias.name}" for alias in node.names)
