"""`layergen test`."""

from pathlib import Path

import click

from layergen.cli import later
from layergen.cli.deliver import judge, recover
from layergen.cli.options import PATH, takes
from layergen.errors import BadRequest

__all__ = ["command"]

EXAMPLES = """
\b
  layergen test swish                 one component
  layergen test .                     every component below this folder
  layergen test swish -k gradient -x  whatever pytest takes, after PATH
"""


@takes(
    PATH,
    click.Argument(["arguments"], nargs=-1, metavar="[PYTEST ARGS]..."),
    later.option("--mutants", "`layergen test PATH` runs the tests.", flag=True),
)
@click.command(
    "test",
    epilog=EXAMPLES,
    context_settings={"ignore_unknown_options": True},
)
def command(path: Path, arguments: tuple[str, ...]) -> None:
    """Run the tests of a component, or of all in a folder.

    PATH is a component's folder, or one that holds several; what follows goes to pytest.
    The exit code is 1 if a test fails or there is none.
    """
    if str(path).startswith("-"):
        raise BadRequest(
            f"PATH comes before pytest's own {str(path)!r}",
            instead="Write: layergen test swish -k gradient",
        )
    recover(path.parent)
    judge(path, arguments)
