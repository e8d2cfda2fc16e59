"""How what was written is imported: by the folders that it stands in."""

from os.path import relpath
from pathlib import Path

from layergen.spec.model import Spec

__all__ = ["import_line", "importable_note", "module_of", "shown"]


def module_of(folder: Path) -> str:
    """Name a component's module absolutely, by the chain of packages that it stands in."""
    parts = [folder.name]
    parent = folder.parent
    while (parent / "__init__.py").is_file():
        parts.insert(0, parent.name)
        parent = parent.parent
    return ".".join(parts)


def importable_note(folder: Path) -> str:
    """Say what tests outside the component need."""
    module = module_of(folder)
    root = folder.parents[module.count(".")]
    return (
        f"The tests import {module} by name, so it must be importable: install its "
        f"package, or put {shown(root)} on PYTHONPATH."
    )


def import_line(spec: Spec, folder: Path) -> str:
    """Spell the import of what was made."""
    names = [each.name for each in spec.layers[-1:]]
    names += [each.name for each in (spec.op, spec.loss) if each]
    names += [spec.loss.class_name] if spec.loss else []
    return " ".join(("from", module_of(folder), "import", ", ".join(sorted(names))))


def shown(path: Path) -> str:
    """Name a file from where the user stands."""
    near = relpath(path)
    return str(path) if near.startswith("..") else near
