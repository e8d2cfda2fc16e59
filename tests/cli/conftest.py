"""A pipeline that writes one file, so that these tests are about the command line alone."""

from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import Any

import pytest

import layergen
from layergen.ir.cost import Cost
from layergen.output.plan import Action, Destination, FileChange, raise_on_conflict
from layergen.spec.model import Backward, Spec


class Pipeline:
    """What `layergen.pipeline` is to the commands.

    Attributes:
        action: what happens to the one file of every plan.
        requests: what `create` was given.
        recovered: the folders that `recover` was given.
        written: whether anything was.
        cost: of what was derived.
        raises: what `create` ends with, if anything.
    """

    def __init__(self) -> None:
        self.action = Action.CREATE
        self.edited = False
        self.after = b"x = 1\n"
        self.requests: list[Any] = []
        self.settings: list[dict[str, Any]] = []
        self.recovered: list[Path] = []
        self.written = False
        self.cost: Cost | None = None
        self.raises: BaseException | None = None

    def create(self, request: Any, **settings: Any) -> SimpleNamespace:
        self.requests.append(request)
        self.settings.append(settings)
        if self.raises is not None:
            raise self.raises
        return self.plan(Path("wave").absolute())

    def regenerate(self, folder: Path, **settings: Any) -> SimpleNamespace:
        self.settings.append(settings)
        return self.plan(folder.absolute())

    def plan(self, folder: Path) -> SimpleNamespace:
        path = PurePosixPath("op.py")
        change = FileChange(
            path, folder / path, self.action, self.edited, None, self.after, self.edited
        )
        return SimpleNamespace(
            spec=Spec("Wave", "wave", Backward.AUTOGRAD),
            changes=(change,),
            destination=Destination(folder, folder / "tests"),
            notes=("wave(x) -> Tensor",),
            imports="from wave import wave",
            cost=self.cost,
        )

    def write(self, plan: SimpleNamespace) -> None:
        raise_on_conflict(plan.changes)
        self.written = True

    def recover(self, folders: tuple[Path, ...]) -> tuple[str, ...]:
        self.recovered += folders
        return ("finished what a killed run left",) if self.recovered == [] else ()


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Pipeline:
    made = Pipeline()
    monkeypatch.setattr(layergen, "pipeline", made, raising=False)
    monkeypatch.chdir(tmp_path)
    return made
