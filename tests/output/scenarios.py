"""What a command may be doing to a project when something happens to it."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest

from layergen.emit.source import SourceFile
from layergen.errors import LayergenError
from layergen.output.commit import commit
from layergen.output.plan import Destination, fingerprint, plan
from tests.output.mortal import Shim, tree

OLD = {
    "layergen.toml": "old = 1\n",
    "__init__.py": "from .op import swish\n",
    "op.py": "old op\n",
    "csrc/math.h": "old header\n",
    "tests/__init__.py": "",
    "tests/test_op.py": "old test\n",
}
NEW = {
    "layergen.toml": "new = 1\n",
    "__init__.py": "from .op import swish\n",
    "op.py": "new op\n" * 100,
    "layer.py": "new layer\n",
    "tests/__init__.py": "",
    "tests/test_op.py": "new test\n",
    "tests/test_layer.py": "new layer test\n",
}


@dataclass(frozen=True)
class Scenario:
    """A project as it is, and the command that is run in it."""

    name: str
    prepare: Callable[[Path], None]
    produced: dict[str, str]
    component: str = "swish"
    tests: str = "swish/tests"
    written: tuple[tuple[str, str], ...] = ()
    force: bool = False

    def destination(self, root: Path) -> Destination:
        return Destination(root / self.component, root / self.tests)

    def plan(self, root: Path):
        files = [SourceFile(PurePosixPath(p), t) for p, t in self.produced.items()]
        return plan(files, self.destination(root), self.written, force=self.force)

    def run(self, root: Path) -> None:
        commit(self.plan(root), self.destination(root))

    def project(self, root: Path) -> Path:
        """Make the project, with files in it that are no business of ours."""
        root.mkdir()
        (root / "notes.txt").write_text("mine\n")
        (root / "other").mkdir()
        (root / "other" / "op.py").write_text("mine too\n")
        self.prepare(root)
        return root


def component(root: Path, texts: dict[str, str] = OLD) -> None:
    for path, text in texts.items():
        (root / "swish" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "swish" / path).write_text(text)
    (root / "swish" / "mine.py").write_text("mine as well\n")
    (root / "swish" / "op.py").chmod(0o750)


def nothing(root: Path) -> None:
    """Leave the project without a component."""


def edited(root: Path) -> None:
    component(
        root, OLD | {"op.py": "edited by hand\n", "layer.py": "never generated\n"}
    )


def tests_elsewhere(root: Path) -> None:
    (root / "checks").mkdir()
    (root / "checks" / "test_mine.py").write_text("mine\n")


def extended_elsewhere(root: Path) -> None:
    tests_elsewhere(root)
    component(root)
    (root / "checks" / "test_swish").mkdir()
    (root / "checks" / "test_swish" / "test_op.py").write_text(OLD["tests/test_op.py"])


WRITTEN = tuple((path, fingerprint(text)) for path, text in OLD.items())
FEWER = {path: NEW[path] for path in ("layergen.toml", "__init__.py", "op.py")}
ONE_LESS = {path: text for path, text in OLD.items() if path != "csrc/math.h"}
SAME_BUT_ONE = OLD | {"op.py": "new op\n"}

SCENARIOS = (
    Scenario("new", nothing, NEW),
    Scenario("new, parents missing", nothing, NEW, "a/b/swish", "a/b/swish/tests"),
    Scenario("extend", component, OLD | NEW, written=WRITTEN),
    Scenario("one file", component, SAME_BUT_ONE, written=WRITTEN),
    Scenario("force", edited, OLD | NEW, written=WRITTEN, force=True),
    Scenario("tests-into", tests_elsewhere, NEW, tests="checks/test_swish"),
    Scenario("tests-into, missing", nothing, NEW, "a/swish", "b/c/test_swish"),
    Scenario(
        "extend with tests-into",
        extended_elsewhere,
        OLD | NEW,
        tests="checks/test_swish",
        written=WRITTEN,
    ),
    Scenario("remove", component, FEWER, written=WRITTEN),
    Scenario("remove one", component, ONE_LESS, written=WRITTEN),
)
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}


every_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda it: it.name)


def attempt(scenario, root, act):
    """Run under a shim that acts at each operation; return the error, if there was one."""
    with Shim(act):
        try:
            scenario.run(root)
        except (LayergenError, KeyboardInterrupt) as error:
            return error


def planned(scenario, tmp_path):
    root = scenario.project(tmp_path / "undisturbed")
    scenario.run(root)
    return tree(root)


def refuse(number, *_, **__):
    raise OSError(number, os.strerror(number))
