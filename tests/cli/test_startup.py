"""What a command loads: torch only where a forward is to be run, and little for --help."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"black", "jinja2", "pytest", "rich", "tomlkit", "torch"}
PROGRAM = """
import sys
from layergen.cli.main import main
exit_code = main(sys.argv[1:])
print(*sys.modules, file=sys.stderr)
sys.exit(exit_code)
"""


def modules(folder: Path, *arguments: str) -> set[str]:
    """Run a command in a process of its own; tell all that it loaded."""
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(ended.stderr.split())


@pytest.mark.parametrize("command", ["--help", "--version", "new-layer --help"])
def test_help_loads_nothing_heavy(tmp_path: Path, command: str) -> None:
    loaded = modules(tmp_path, *command.split())

    assert loaded & (HEAVY | {"layergen.pipeline", "importlib.metadata"}) == set()


@pytest.mark.parametrize("command", ["new-layer GatedUnit", "new-loss Gap", "list"])
def test_a_default_never_loads_torch(tmp_path: Path, command: str) -> None:
    assert "torch" not in modules(tmp_path, *command.split())


def test_what_is_looked_for_can_be_found(tmp_path: Path) -> None:
    assert "jinja2" in modules(tmp_path, "new-layer", "GatedUnit")
