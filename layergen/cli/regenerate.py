"""`layergen regenerate`."""

from pathlib import Path
from typing import Any

import click

from layergen.cli import report
from layergen.cli.deliver import deliver, recover
from layergen.cli.options import PATH, REVIEW, Writing, takes

__all__ = ["command"]

EXAMPLES = """
\b
After an edit of swish/layergen.toml:
  layergen regenerate swish --diff     see what would change
  layergen regenerate swish --test     write it, and run the tests
"""


@takes(PATH, *REVIEW)
@click.command("regenerate", epilog=EXAMPLES)
def command(path: Path, **given: Any) -> None:
    """Write a component again, from its edited layergen.toml.

    PATH is the component's folder. A file that you edited since is named, and left as it is
    without --force.
    """
    from layergen import pipeline

    writing = Writing.taken_from(given)
    folder = path.parent if path.name == "layergen.toml" else path
    recover(folder.parent)
    with report.progress() as tell:
        plan = pipeline.regenerate(folder, force=writing.force, on_progress=tell)
    deliver(plan, writing)
