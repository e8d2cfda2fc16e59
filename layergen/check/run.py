"""Finds the generated tests of components and runs them, each import root in its own process."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from layergen.errors import BadRequest, Place

__all__ = ["Component", "Verdict", "components", "run"]

RECORD = "layergen.toml"
FOREIGN = ("site-packages", "node_modules")  # nobody's own components lie in there
REASONS = {  # by pytest.ExitCode
    1: "a generated test failed",
    5: "pytest found no test",
}


@dataclass(frozen=True, slots=True)
class Component:
    """A component on disk.

    Attributes:
        tests: the folder of its tests; None where there is none.
    """

    folder: Path
    tests: Path | None

    @property
    def root(self) -> Path:
        """The folder from which the component is imported: the first without `__init__.py`."""
        root = Path(os.path.abspath(self.folder)).parent
        while (root / "__init__.py").is_file():
            root = root.parent
        return root


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the tests said.

    Attributes:
        untested: components without tests.
        answers: exit code of each pytest that ran, in the order of the import roots.
    """

    untested: tuple[Path, ...]
    answers: tuple[int, ...]

    @property
    def passed(self) -> bool:
        """Whether every component had tests and all of them passed."""
        return not self.untested and not any(self.answers)

    @property
    def reason(self) -> str:
        """What was wrong, in a line."""
        if self.untested:
            return f"no tests for {', '.join(map(str, self.untested))}"
        answer = next(answer for answer in self.answers if answer)
        return REASONS.get(
            answer, f"pytest could not finish: its exit code was {answer}"
        )


def components(path: Path) -> tuple[Component, ...]:
    """Find the component at a path, or all below it.

    Args:
        path: a component's folder, its `layergen.toml`, or a folder that holds several.

    Raises:
        BadRequest: there is none, or its `layergen.toml` can't be read.
    """
    folder = path.parent if path.name == RECORD else path
    if not folder.is_dir():
        raise BadRequest(
            f"there is no folder {str(folder)!r}",
            instead="Give the folder of a component: layergen test swish",
        )
    found = (folder,) if (folder / RECORD).is_file() else tuple(below(folder))
    if not found:
        raise BadRequest(
            f"no component in {str(folder)!r}: no {RECORD} is in it, or below",
            instead="Give the folder of a component: layergen test swish",
        )
    return tuple(Component(each, tests_of(each)) for each in found)


def below(folder: Path) -> Iterator[Path]:
    """Walk down to every component, past hidden folders and installed packages."""
    for inside, folders, files in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and name not in FOREIGN
        )
        if RECORD in files:
            yield Path(inside)


def tests_of(folder: Path) -> Path | None:
    """Find the folder of a component's tests: inside it, or where `tests_into` says."""
    into = tests_into(folder / RECORD)
    name = Path(os.path.abspath(folder)).name
    tests = folder / "tests" if into is None else folder / into / f"test_{name}"
    return tests if tests.is_dir() else None


def tests_into(record: Path) -> str | None:
    """Read the one key of `layergen.toml` that matters here."""
    try:
        component = tomllib.loads(record.read_text()).get("component", {})
    except tomllib.TOMLDecodeError as error:
        raise BadRequest(
            f"{record} is no TOML: {error}",
            place=Place(str(record)),
            instead="Mend it, or take it back from your version control.",
        ) from error
    return component.get("tests_into") if isinstance(component, dict) else None


def run(found: Sequence[Component], arguments: Sequence[str] = ()) -> Verdict:
    """Run the tests of components; pytest itself shows how far it is.

    Args:
        found: what to test.
        arguments: passed on to pytest.
    """
    untested = tuple(each.folder for each in found if each.tests is None)
    roots = dict.fromkeys(each.root for each in found)
    answers = [
        pytest_in(
            root, [e.tests for e in found if e.root == root and e.tests], arguments
        )
        for root in roots
    ]
    return Verdict(untested, tuple(answers))


def pytest_in(root: Path, tests: Sequence[Path], arguments: Sequence[str]) -> int:
    """Run pytest in a child, with `root` importable; answers its exit code."""
    if not tests:
        return 0
    path = os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH"))))
    return subprocess.run(
        [sys.executable, "-m", "pytest", *map(str, tests), *arguments],
        env={**os.environ, "PYTHONPATH": path},
        check=False,
    ).returncode
