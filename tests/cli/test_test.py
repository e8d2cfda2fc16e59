"""`layergen test`: what the tests said, as an exit code."""

from pathlib import Path

import pytest

from layergen.cli.main import main
from tests.check.sample import FAILS, PASSES, component


@pytest.mark.parametrize(("test", "exit_code"), [(PASSES, 0), (FAILS, 1), ("", 1)])
def test_the_exit_code_is_the_verdict(
    tmp_path: Path, test: str, exit_code: int
) -> None:
    folder = component(tmp_path / "one", test)

    assert main(["test", str(folder), "-p", "no:cacheprovider"]) == exit_code


def test_a_missing_test_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = component(tmp_path / "one", test=None)

    assert main(["test", str(folder)]) == 1
    assert capsys.readouterr().err.startswith(f"error: no tests for {folder}\n")


def test_what_follows_the_path_goes_to_pytest(tmp_path: Path) -> None:
    folder = component(tmp_path / "one", FAILS)

    assert main(["test", str(folder), "--collect-only", "-k", "one"]) == 0
