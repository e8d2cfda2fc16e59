"""The options that commands share; each help text ends with an example."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

import click

from layergen.cli import complete, later
from layergen.spec.model import Backward, Recompute

__all__ = ["FORWARD", "LAYER", "NAME", "PATH", "REVIEW", "WRITING", "Writing", "takes"]

PYTHON_ONLY = "Today's components are plain Python: leave it out, and they are written."


@dataclass(frozen=True, slots=True)
class Writing:
    """What to do with the files that a request makes.

    Attributes:
        diff: show what would change; writes nothing, as `dry_run`.
        test: run the component's tests at once.
    """

    into: Path = Path()
    tests_into: Path | None = None
    dry_run: bool = False
    diff: bool = False
    force: bool = False
    test: bool = False

    @classmethod
    def taken_from(cls, given: dict[str, Any]) -> "Writing":
        """Take the options of this class out of all that a command was given."""
        names = [field.name for field in fields(cls) if field.name in given]
        return cls(**{name: given.pop(name) for name in names})

    @property
    def writes(self) -> bool:
        """Whether anything is to be written at all."""
        return not (self.dry_run or self.diff)


def takes(*parameters: click.Parameter) -> Callable[[click.Command], click.Command]:
    """Give a command its parameters, in the order in which --help shows them."""

    def give(command: click.Command) -> click.Command:
        command.params.extend(parameters)
        return command

    return give


def choice(
    name: str, values: type[StrEnum], *, text: str, example: str
) -> click.Option:
    """Make an option that takes one of a few words, and completes them."""
    return option(
        name,
        type=click.Choice([each.value for each in values]),
        metavar="|".join(values),
        callback=lambda _, __, value: None if value is None else values(value),
        text=text,
        example=example,
    )


def option(*names: str, text: str, example: str, **settings: Any) -> click.Option:
    """Make an option whose help ends with an example on a line of its own."""
    # click keeps the lines of a paragraph that begins with a backspace
    return click.Option(names, help=f"\b\n{text}\n  {example}", **settings)


def flag(name: str, text: str) -> click.Option:
    """Make an option that takes no value."""
    return click.Option([name], is_flag=True, help=text)


NAME = click.Argument(["name"], required=False)

PATH = click.Argument(["path"], shell_complete=complete.folders, type=Path)

FORWARD = (
    option(
        "--forward",
        metavar="EXPR",
        text="The mathematics, in a line:",
        example="--forward 'x * sigmoid(beta * x)'",
    ),
    option(
        "--from",
        "from_",
        metavar="FILE.py:FUNCTION",
        text="The mathematics, as a plain function:",
        example="--from forwards.py:rms_norm",
    ),
    option(
        "--like",
        metavar="EXAMPLE",
        shell_complete=complete.examples,
        text="Start from one of `layergen list`:",
        example="--like layer_norm",
    ),
    option(
        "--arg",
        "arguments",
        multiple=True,
        metavar="NAME:TYPE[=DEFAULT]",
        text="An argument: tensor, tensor? (or None), index\n"
        "(integers), float, int, bool or str:",
        example="--arg beta:float=1.0",
    ),
    option(
        "--shape",
        "shapes",
        multiple=True,
        metavar="NAME=DIM,DIM",
        text="The dimensions of a tensor; ... is any number:",
        example="--shape x=...,features",
    ),
    option(
        "--case",
        "cases",
        multiple=True,
        metavar="NAME=VALUE,NAME=VALUE",
        text="Sizes and arguments to test under:",
        example="--case channels=4,reduction=16",
    ),
    choice(
        "--backward",
        Backward,
        text="The gradient: plain PyTorch (as of layers and\n"
        "losses), formulas derived from the forward (as of\n"
        "ops that have one), or a place for your own:",
        example="--backward derived",
    ),
    choice(
        "--recompute",
        Recompute,
        text="What a derived backward computes again instead of\n"
        "keeping it: nothing, what is cheap (the default), or\n"
        "all that is not random:",
        example="--recompute none",
    ),
)

LAYER = (
    option(
        "--param",
        "parameters",
        multiple=True,
        metavar="NAME=INIT[:DIM,DIM]",
        text="A learnable tensor:",
        example="--param weight=kaiming_uniform:out,features",
    ),
    option(
        "--buffer",
        "buffers",
        multiple=True,
        metavar="NAME=INIT[:DIM,DIM]",
        text="A tensor that is saved, and not learned:",
        example="--buffer mean=zeros:features",
    ),
    option(
        "--submodule",
        "submodules",
        multiple=True,
        metavar="NAME=EXPR",
        text="A module inside:",
        example="--submodule 'reduce=nn.Linear(channels, 4)'",
    ),
)

REVIEW = (
    flag("--dry-run", "Say what would be written; write nothing."),
    flag("--diff", "Show every line that would change; write nothing."),
    flag("--force", "Replace also what you edited, or what is not layergen's."),
    flag("--test", "Run the component's tests at once."),
)

WRITING = (
    option(
        "--into",
        type=Path,
        default=Path(),
        metavar="DIR",
        shell_complete=complete.folders,
        text="Where the component's folder goes:",
        example="--into src/my_package",
    ),
    option(
        "--tests-into",
        type=Path,
        metavar="DIR",
        shell_complete=complete.folders,
        text="Where its tests go, if not into its own folder:",
        example="--tests-into tests",
    ),
    *REVIEW,
    later.option("--cpp", PYTHON_ONLY, flag=True),
    later.option("--cuda", PYTHON_ONLY, flag=True),
    later.option("--kernel", PYTHON_ONLY),
)
