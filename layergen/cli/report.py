"""Everything that is printed: results to stdout, errors and progress to stderr."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from layergen import __version__
from layergen.errors import LayergenError

if TYPE_CHECKING:
    from layergen.ir.cost import Cost
    from layergen.output.plan import FileChange
    from layergen.pipeline import Plan

COLOURS = {
    "create": "green",
    "identical": "blue",
    "overwrite": "yellow",
    "conflict": "red",
    "remove": "yellow",
}
DIFF_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def say(text: str = "", *, to_stderr: bool = False) -> None:
    """Print; a reader that has gone away (`| head`) is no reason to stop."""
    try:
        click.echo(text, err=to_stderr)
    except BrokenPipeError:
        hush(sys.stderr if to_stderr else sys.stdout)


def hush(stream: TextIO) -> None:
    """Send the rest to nowhere, or Python would complain once more when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def ask(question: str) -> str:
    """Ask for a text, until there is one."""
    return str(click.prompt(question))


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Show on a terminal, as long as it takes, what is being done."""
    with ExitStack() as shown:

        def tell(sentence: str) -> None:
            from rich.console import Console  # here: a terminal only, and only the slow

            shown.close()
            console = Console(stderr=True, markup=False, highlight=False)
            shown.enter_context(console.status(sentence))

        yield tell if sys.stderr.isatty() else lambda sentence: None


def note(sentence: str) -> None:
    """Say something that is not the result itself."""
    say(f"note: {sentence}", to_stderr=True)


def edited(changes: Sequence["FileChange"]) -> None:
    """Name the files that a person made or edited, before they are touched."""
    for change in changes:
        if change.edited and change.action != "conflict":
            what = "was edited by hand" if change.known else "is not layergen's"
            verb = "removing" if change.after is None else "replacing"
            note(f"{verb} {relative(change.target)}, which {what}")


def changes(files: Sequence["FileChange"]) -> None:
    """Print a line a file: the component's own, then its tests."""
    for change in sorted(files, key=lambda each: "tests" in each.path.parts[:1]):
        action = click.style(f"{change.action:>9}", fg=COLOURS[change.action])
        say(f"{action}  {relative(change.target)}")


def difference(text: str) -> None:
    """Print a unified diff."""
    for line in text.splitlines():
        say(click.style(line, fg=DIFF_COLOURS.get(line[:1])))


def notes(sentences: Sequence[str]) -> None:
    """Print what there is to know about the request."""
    if sentences:
        say()
    for sentence in sentences:
        say(sentence)


def cost(of: "Cost | None") -> None:
    """Print what a derived backward costs."""
    if of is not None:
        from layergen.emit.cost import told

        say()
        for line in told(of):
            say(line)


def nothing_written() -> None:
    """End a dry run loudly."""
    say("\nNothing was written.")


def next_steps(plan: "Plan") -> None:
    """Tell how to use what was written, and what to do now."""
    folder = relative(plan.destination.component)
    say(f"\nUse it:      {plan.imports}")
    say(f"Test it:     layergen test {folder}")
    for change in plan.changes:
        stub(change, folder)


def stub(change: "FileChange", folder: str) -> None:
    """Tell where formulas of the user's own may go, and what judges them."""
    from layergen.cli.stub import stubs

    if change.after is None or change.path.parts[0] not in ("op.py", "loss.py"):
        return
    places = ", ".join(map(str, stubs(change.after.decode())))
    if places:
        say(
            f"Improve it:  the backward in {relative(change.target)} is right as it stands.\n"
            f"             For formulas of your own, replace {places}.\n"
            f"             Their judge: layergen test {folder} -k gradient"
        )


def relative(path: Path) -> str:
    """Spell a path as a person in this folder would."""
    spelled = os.path.relpath(path)
    return str(path) if spelled.startswith(os.path.join("..", "..")) else spelled


def error(problem: LayergenError) -> None:
    """Print what the user can mend."""
    first, *rest = problem.lines()
    say("\n".join((f"{label()} {first}", *rest)), to_stderr=True)


def label() -> str:
    """Make the word that every error begins with."""
    return click.style("error:", fg="red", bold=True)


def usage(problem: click.ClickException) -> None:
    """Print that a command line makes no sense, and how it should look."""
    if isinstance(problem, click.exceptions.NoArgsIsHelpError):
        return problem.show()
    say(f"{label()} {problem.format_message()}", to_stderr=True)
    context = problem.ctx if isinstance(problem, click.UsageError) else None
    if context is not None:
        lines = context.get_usage().splitlines()
        say("\n".join(f"  {line}" for line in lines), to_stderr=True)
        say(
            f"  Every option, with examples: {context.command_path} --help",
            to_stderr=True,
        )
    return None


def interrupted() -> None:
    """Close the line on which a terminal printed ^C."""
    say("interrupted", to_stderr=True)


def internal(problem: Exception) -> None:
    """Print all that a report of a bug of ours needs."""
    import platform
    import traceback

    versions = f"layergen {__version__}, Python {platform.python_version()}"
    say(f"internal error, please report ({versions}):", to_stderr=True)
    say("".join(traceback.format_exception(problem)), to_stderr=True)
