"""`layergen list`."""

import sys
from dataclasses import dataclass
from pathlib import Path

import click

from layergen.cli import report
from layergen.cli.deliver import recover

__all__ = ["command"]


@dataclass(frozen=True, slots=True)
class Example:
    """A bundled example, as `list` shows it."""

    name: str
    makes: str  # "op, layer"
    shows: str


@click.command(
    "list", epilog="Start from one: layergen new-layer MyNorm --like layer_norm"
)
def command() -> None:
    """List the bundled examples, and what each of them shows."""
    from layergen.spec.bundled import example_names, examples

    recover()
    found = [read(examples() / name) for name in example_names()]
    if sys.stdout.isatty():
        table(found)
    else:
        lines(found)


def read(folder: Path) -> Example:
    """Read what an example's own `layergen.toml` says of it."""
    from layergen.spec import toml

    text = (folder / "layergen.toml").read_text()
    spec = toml.parse(text, f"{folder.name}/layergen.toml")
    return Example(folder.name, ", ".join(spec.makes), toml.example_shows(text))


def lines(found: list[Example]) -> None:
    """Print for programs: columns between tabs, the name first."""
    for example in found:
        report.say(f"{example.name}\t{example.makes}\t{example.shows}")


def table(found: list[Example]) -> None:
    """Print for people."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    grid = Table("name", "makes", "shows", box=box.SIMPLE_HEAD)
    for example in found:
        grid.add_row(example.name, example.makes, example.shows)
    Console().print(grid)
