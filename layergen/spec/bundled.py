"""Where the bundled templates and examples lie: in the package, or beside it in a checkout."""

from pathlib import Path

__all__ = ["example_names", "examples", "templates"]

PACKAGE = Path(__file__).resolve().parents[1]


def templates() -> Path:
    """Find the folder of the templates."""
    return folder("templates")


def examples() -> Path:
    """Find the folder of the generated examples."""
    return folder("generated_examples")


def example_names() -> tuple[str, ...]:
    """List the bundled examples, sorted."""
    return tuple(
        sorted(path.parent.name for path in examples().glob("*/layergen.toml"))
    )


def folder(name: str) -> Path:
    """Find a folder that a wheel has inside the package, and a checkout beside it."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name
