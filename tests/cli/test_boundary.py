"""Every error ends in one place, with the exit code of its kind."""

import subprocess
import sys

import click
import pytest

from layergen.cli.main import main
from layergen.errors import BadRequest, CannotDerive, NotYet, Place, WouldOverwrite
from tests.cli.conftest import Pipeline


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (BadRequest("no"), 2),
        (NotYet("no"), 2),
        (WouldOverwrite("no"), 3),
        (CannotDerive("no"), 4),
        (click.UsageError("no"), 2),
        (KeyError("no"), 70),
        (RecursionError("no"), 70),
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
    ],
)
def test_an_error_has_the_exit_code_of_its_kind(
    pipeline: Pipeline, error: BaseException, exit_code: int
) -> None:
    pipeline.raises = error

    assert main(["new-op", "wave"]) == exit_code


def test_a_user_error_is_shown_with_its_place_and_what_to_do(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place("--forward", column=5, text="x * sgn(x)")
    pipeline.raises = BadRequest(
        "unknown function 'sgn'", place=place, instead="Use sign."
    )

    main(["new-op", "wave"])

    assert capsys.readouterr() == (
        "",
        "error: unknown function 'sgn'\n"
        "  at --forward, column 5\n"
        "    x * sgn(x)\n"
        "        ^\n"
        "  Use sign.\n",
    )


def test_a_bug_of_ours_is_shown_with_its_traceback(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    pipeline.raises = KeyError("impossible")

    main(["new-op", "wave"])

    shown = capsys.readouterr().err
    assert shown.startswith("internal error, please report (layergen ")
    assert "Traceback (most recent call last)" in shown
    assert "KeyError: 'impossible'" in shown


def test_a_wrong_command_line_is_answered_with_the_usage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["new-op", "wave", "--nonsense"]) == 2

    shown = capsys.readouterr().err
    assert shown.startswith("error: No such option '--nonsense'")
    assert "Usage: layergen new-op [OPTIONS] [NAME]" in shown


def test_no_command_shows_the_help_and_is_an_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([]) == 2
    assert "new-layer" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["--help", "new-layer --help", "--version"])
def test_help_is_no_error(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command.split()) == 0
    assert capsys.readouterr().err == ""


def test_a_reader_that_goes_away_is_no_error() -> None:
    program = "import sys; from layergen.cli.report import say; say('x'); say('y')"
    child = f"{program}; sys.exit(3)"
    reader = subprocess.Popen(["true"], stdin=subprocess.PIPE)
    reader.wait()

    ended = subprocess.run(
        [sys.executable, "-c", child],
        stdout=reader.stdin,
        stderr=subprocess.PIPE,
        check=False,
    )

    assert (ended.returncode, ended.stderr) == (3, b"")
