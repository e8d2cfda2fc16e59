"""The built wheel, on its own: the checkout is not importable where these commands run."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DATA = ("templates", "generated_examples")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--quiet", "--wheel-dir", str(folder), str(ROOT))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a folder of its own."""
    folder = tmp_path_factory.mktemp("site")
    pip("install", "--no-deps", "--quiet", "--target", str(folder), str(wheel))
    return folder


def pip(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", *arguments], check=True)


def alone(cwd: Path, *arguments: str, first: Path | None = None) -> str:
    """Run Python where only `first` and the installed dependencies can be imported.

    -S keeps Python from reading the *.pth file by which an editable install of the checkout
    is found.
    """
    path = [str(first)] if first else []
    path.append(sysconfig.get_path("purelib"))
    ended = subprocess.run(
        [sys.executable, "-S", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return ended.stdout


def test_it_holds_the_templates_and_the_examples(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        f"layergen/{path.relative_to(ROOT).as_posix()}"
        for folder in DATA
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and not {"__pycache__", ".gitkeep"} & set(path.parts)
    }

    assert len(wanted) > 20
    assert wanted - held == set()
    assert "layergen/py.typed" in held


def test_it_holds_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert {top.split("-")[0] for top in tops} == {"layergen"}


def test_it_lists_its_examples(site: Path, tmp_path: Path) -> None:
    listed = alone(tmp_path, str(site / "bin" / "layergen"), "list", first=site)

    names = [line.split("\t")[0] for line in listed.splitlines()]
    examples = (ROOT / "generated_examples").glob("*/layergen.toml")
    assert names == sorted(path.parent.name for path in examples)


def test_what_it_writes_passes_its_tests_without_it(site: Path, tmp_path: Path) -> None:
    command = str(site / "bin" / "layergen")
    alone(tmp_path, command, "new-layer", "GatedUnit", first=site)

    with pytest.raises(subprocess.CalledProcessError):
        alone(tmp_path, "-c", "import layergen.errors")
    passed = alone(
        tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "gated_unit"
    )
    assert " passed" in passed
