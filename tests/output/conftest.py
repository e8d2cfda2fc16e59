import os
import tempfile
from pathlib import Path

import pytest

from tests.output.scenarios import BY_NAME

MEMORY = "/dev/shm"


def folder():
    """Make a folder in memory, where the system has that: thousands of projects go through it."""
    place = MEMORY if os.access(MEMORY, os.W_OK) else None
    return tempfile.TemporaryDirectory(dir=place, prefix="layergen-tests-")


@pytest.fixture
def tmp_path():
    with folder() as path:
        yield Path(os.path.realpath(path))


@pytest.fixture(autouse=True)
def state_folder(monkeypatch):
    """A user of their own for every test."""
    with folder() as home:
        monkeypatch.setenv("HOME", home)
        monkeypatch.setenv("XDG_STATE_HOME", f"{home}/state")
        yield Path(home, "state", "layergen")


@pytest.fixture(autouse=True)
def fast_disk(monkeypatch):
    """Don't wait for the disk: only a power cut would show it."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture
def project(tmp_path):
    """Make the project of a scenario, by its name."""
    return lambda name: BY_NAME[name].project(tmp_path / "project")
