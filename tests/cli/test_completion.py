"""What the shell is told when a person presses Tab."""

import os
import subprocess
import sys
from enum import StrEnum

import pytest

from layergen.spec.bundled import example_names
from layergen.spec.model import Backward, Recompute


def completed(words: str) -> list[str]:
    """Complete the last word, as the script that bash was given asks for it."""
    ended = subprocess.run(
        [sys.executable, "-c", "from layergen.cli.main import main; main()"],
        env={
            **os.environ,
            "_LAYERGEN_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split(" ")) - 1),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.stdout.split()


def test_commands_are_completed() -> None:
    assert {"plain,new-layer", "plain,new-op"} <= set(completed("layergen new-"))


def test_options_are_completed() -> None:
    assert completed("layergen new-op --forw") == ["plain,--forward"]


def test_examples_are_completed() -> None:
    offered = completed("layergen new-layer X --like ")

    assert offered == [f"plain,{name}" for name in example_names()]


@pytest.mark.parametrize(
    ("option", "values"),
    [("backward", Backward), ("recompute", Recompute)],
)
def test_the_words_of_an_option_are_completed(
    option: str, values: type[StrEnum]
) -> None:
    assert completed(f"layergen new-op x --{option} ") == [
        f"plain,{each}" for each in values
    ]


@pytest.mark.parametrize("command", ["test sw", "regenerate sw", "new-op x --into sw"])
def test_a_folder_is_left_to_the_shell(command: str) -> None:
    assert completed(f"layergen {command}") == ["dir,sw"]
