"""Every refusal, word for word: `failures/<case>/` holds a request and the message it must get.

A case is a folder with `request` (the command line), `message` (all of stderr), `exit` (the
exit code, where it is not 2), `reason` (of `autodiff.refusal.Reason`, where it has one), and
`files/`, copied into the empty folder in which the command runs.
`python -m tests.test_failures` writes the messages anew; review its diff as a newcomer would read it.
"""

import contextlib
import io
import os
import shlex
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest

from layergen.cli import report
from layergen.cli.main import main
from layergen.errors import CannotDerive

CASES = Path(__file__).parent / "failures"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answered.

    Attributes:
        changed: files that are not as they were.
        reason: "size-specialised", or "" where the refusal has none.
    """

    exit_code: int
    stdout: str
    stderr: str
    changed: tuple[str, ...]
    reason: str


def cases() -> list[Path]:
    return sorted(path.parent for path in CASES.glob("*/request"))


def answer(case: Path, folder: Path) -> Answer:
    """Run a case's request in a folder that holds the case's files."""
    if (case / "files").is_dir():
        shutil.copytree(case / "files", folder, dirs_exist_ok=True)
    program, *arguments = shlex.split((case / "request").read_text())
    assert program == "layergen"
    before = tree(folder)
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(io.StringIO()) as stdout,
        contextlib.redirect_stderr(io.StringIO()) as stderr,
        mock.patch.object(sys, "stdin", io.StringIO()),
        mock.patch.object(report, "error", wraps=report.error) as told,
    ):
        exit_code = main(arguments)
    changed = {path for path, _ in before ^ tree(folder)}
    message = stderr.getvalue().replace(str(folder), "<here, as an absolute path>")
    problem = told.call_args.args[0] if told.called else None
    reason = problem.reason if isinstance(problem, CannotDerive) else ""
    return Answer(exit_code, stdout.getvalue(), message, tuple(sorted(changed)), reason)


def tree(folder: Path) -> set[tuple[str, bytes | None]]:
    """List all that a folder holds, what Python caches left out."""
    return {
        (
            os.fspath(path.relative_to(folder)),
            path.read_bytes() if path.is_file() else None,
        )
        for path in folder.rglob("*")
        if "__pycache__" not in path.parts
    }


def expected_exit(case: Path) -> int:
    path = case / "exit"
    return int(path.read_text()) if path.exists() else 2


def expected_reason(case: Path) -> str:
    path = case / "reason"
    return path.read_text().strip() if path.exists() else ""


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_bad_request_gets_its_message_and_writes_nothing(
    case: Path, tmp_path: Path
) -> None:
    answered = answer(case, tmp_path)

    assert answered.stderr == (case / "message").read_text()
    assert answered.exit_code == expected_exit(case)
    assert answered.reason == expected_reason(case)
    assert answered.changed == ()


def rewrite() -> None:
    """Write every case's message and reason as they are today."""
    for case in cases():
        with tempfile.TemporaryDirectory() as folder:
            answered = answer(case, Path(folder))
        (case / "message").write_text(answered.stderr)
        if answered.reason:
            (case / "reason").write_text(f"{answered.reason}\n")
        if answered.exit_code != expected_exit(case):
            print(f"{case.name}: exit {answered.exit_code}, not {expected_exit(case)}")
        if answered.changed:
            print(f"{case.name}: changed {', '.join(answered.changed)}")


if __name__ == "__main__":
    rewrite()
