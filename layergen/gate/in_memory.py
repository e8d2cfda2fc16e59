"""Import modules from their text, as if they were a package on disk."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import PurePosixPath
from types import CodeType

from layergen.emit.source import SourceFile

__all__ = ["PACKAGE", "imported"]

PACKAGE = "_layergen_gate"  # under this name, only while the gate looks at it


class InMemory(MetaPathFinder, InspectLoader):
    """Import modules of the package from text."""

    def __init__(self, files: Sequence[SourceFile]) -> None:
        self.texts = {module_of(each.path): each.text for each in files}

    def find_spec(
        self, fullname: str, path: object, target: object = None
    ) -> ModuleSpec | None:
        if fullname not in self.texts:
            return None
        has_parts = any(name.startswith(f"{fullname}.") for name in self.texts)
        return ModuleSpec(fullname, self, is_package=has_parts)

    def get_source(self, fullname: str) -> str:
        return self.texts[fullname]

    def get_code(self, fullname: str) -> CodeType:
        # under a name of its own, by which torch.jit.script finds the text
        path = f"{fullname.replace('.', '/')}.py"
        return self.source_to_code(self.texts[fullname], path)

    def is_package(self, fullname: str) -> bool:
        return any(name.startswith(f"{fullname}.") for name in self.texts)


def module_of(path: PurePosixPath) -> str:
    """Name the module of a file: tests/reference.py is <package>.tests.reference."""
    parts = [part for part in path.with_suffix("").parts if part != "__init__"]
    return ".".join([PACKAGE, *parts])


@contextmanager
def imported(files: Sequence[SourceFile]) -> Iterator[str]:
    """Make the files importable for a while, and forget them."""
    finder = InMemory([each for each in files if each.path.suffix == ".py"])
    sys.meta_path.insert(0, finder)
    try:
        yield PACKAGE
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
            del sys.modules[name]
