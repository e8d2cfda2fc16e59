"""The rooms stand in a row: who may import whom."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.sources import Source, imports, modules, sources

ROOMS = (
    "errors",
    "spec",
    "ir",
    "autodiff",
    "lower",
    "emit",
    "gate",
    "output",
    "check",
    "pipeline",
    "deriving",
    "cli",
)
MAY_IMPORT_TORCH = ("autodiff", "gate", "check", "deriving")
PUBLIC = {"layergen.deriving", "layergen.errors"}  # what the package root hands out
ADAPTER = "layergen.autodiff.adapter"
SPEAKS = "cli"  # the room that prints, prompts and exits
SPEECH = ("print", "input", "exit", "sys.exit", "os._exit")
SPEECH_PACKAGES = ("click", "rich")


def room(module: str) -> str:
    """Tell the room of a module; "" for the package itself."""
    return [*module.split("."), ""][1]


def module_of(imported: str) -> str:
    """Tell the module that `layergen.spec.names.nearest` comes from."""
    while imported not in modules() and "." in imported:
        imported = imported.rpartition(".")[0]
    return imported


def offences(source: Source) -> Iterator[str]:
    for imported in imports(source.tree):
        if imported.partition(".")[0] == "layergen":
            yield from house_offences(source.module, imported)
        else:
            yield from foreign_offences(source.module, imported)
    yield from private_torch(source)
    yield from speech(source)


def house_offences(module: str, imported: str) -> Iterator[str]:
    target = module_of(imported)
    if target == "layergen" and imported != "layergen.__version__":
        yield f"{imported} is imported from the package root"
    elif module == "layergen":
        if target not in PUBLIC:
            yield f"{imported} is not public"
    elif room(target) and ROOMS.index(room(target)) > ROOMS.index(room(module)):
        yield f"{imported} stands to the right"


def foreign_offences(module: str, imported: str) -> Iterator[str]:
    package = imported.partition(".")[0]
    if imported.startswith("."):
        yield f"{imported} is relative"
    if package == "torch" and room(module) not in MAY_IMPORT_TORCH:
        yield f"{imported} is torch's"
    if package in SPEECH_PACKAGES and room(module) != SPEAKS:
        yield f"{imported} speaks to the user"


def private_torch(source: Source) -> Iterator[str]:
    """Find torch's private modules and attributes, imported or reached by a dot."""
    if source.module == ADAPTER:
        return
    reached = (
        ast.unparse(node)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute)
    )
    for name in (*imports(source.tree), *reached):
        first, *rest = name.split(".")
        if first == "torch" and any(private(part) for part in rest):
            yield f"{name} is private to torch"


def private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def speech(source: Source) -> Iterator[str]:
    if room(source.module) == SPEAKS:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in SPEECH:
            yield f"line {node.lineno} speaks to the user"


@pytest.mark.parametrize("source", sources("layergen"), ids=lambda s: s.module)
def test_a_module_imports_only_what_it_may(source: Source) -> None:
    assert list(offences(source)) == []


@pytest.mark.parametrize(
    ("module", "text", "offence"),
    [
        ("spec.names", "from layergen.cli import report", "stands to the right"),
        ("spec.names", "def f():\n    import layergen.pipeline", "stands to the right"),
        ("errors", "from layergen.spec.model import Kind", "stands to the right"),
        ("cli.main", "from layergen import derive", "from the package root"),
        ("cli.main", "import layergen", "from the package root"),
        ("cli.main", "from .report import say", "is relative"),
        ("spec.names", "import torch.nn", "is torch's"),
        ("autodiff.trial", "from torch._subclasses import fake_tensor", "is private"),
        ("autodiff.trial", "from torch import _C", "is private"),
        ("autodiff.trial", "import torch\ntorch._C.x()", "is private"),
        ("output.plan", "import click", "speaks"),
        ("output.plan", "print('done')", "speaks"),
        ("pipeline", "import sys\nsys.exit(1)", "speaks"),
    ],
)
def test_a_wrong_import_is_found(module: str, text: str, offence: str) -> None:
    found = list(offences(Source(f"layergen.{module}", text)))

    assert found
    assert offence in found[0]


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("cli.main", "from layergen import __version__"),
        ("cli.deliver", "from layergen import pipeline"),
        ("cli.report", "import click"),
        ("autodiff.trial", "import torch\ntorch.__version__"),
        ("autodiff.adapter", "from torch._subclasses import fake_tensor"),
    ],
)
def test_a_right_import_is_left_alone(module: str, text: str) -> None:
    assert list(offences(Source(f"layergen.{module}", text))) == []
