"""CI runs what the README tells a newcomer to run."""

import pytest

from tests.house.sources import ROOT


def command() -> str:
    """Read the command that CI runs: the last line."""
    return (ROOT / ".ci" / "run").read_text().splitlines()[-1]


def test_ci_calls_the_readme_s_test_command() -> None:
    readme = (ROOT / "README.md").read_text()
    if "-m tests" not in readme:
        pytest.fail("the README has no test command")

    assert command() in readme.replace("\\\n  ", "")
