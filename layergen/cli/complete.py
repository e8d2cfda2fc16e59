"""What the shell is told when it completes a word."""

import click
from click.shell_completion import CompletionItem

__all__ = ["examples", "folders"]


def examples(
    _: click.Context, __: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete the name of a bundled example."""
    from layergen.spec.bundled import example_names

    names = [name for name in example_names() if name.startswith(incomplete)]
    return [CompletionItem(name) for name in names]


def folders(
    _: click.Context, __: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Let the shell complete a folder."""
    return [CompletionItem(incomplete, type="dir")]
