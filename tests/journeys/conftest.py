import os
import subprocess
import sys
from pathlib import Path

import pytest

from layergen.cli.main import main

BLOCK = """
import sys


class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "layergen":
            raise ModuleNotFoundError("layergen is not here")


sys.meta_path.insert(0, Block())
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder to work in."""
    here = tmp_path / "work"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return here


@pytest.fixture
def layergen(folder, capfd):
    """Run a command line; what it must answer is 0 unless told."""

    def run(*arguments, answer=0):
        got = main(list(arguments))
        told = capfd.readouterr()
        assert got == answer, told.err
        return told

    return run


@pytest.fixture
def generated_tests(tmp_path):
    """Run generated tests in a process in which layergen can't be imported."""
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "sitecustomize.py").write_text(BLOCK)

    def run(*arguments, cwd: Path, path=()):
        env = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
        env["PYTHONPATH"] = os.pathsep.join(map(str, (blocked, *path)))
        return subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-p",
                "no:cacheprovider",
                *arguments,
            ],
            cwd=cwd,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )

    return run
