"""What later versions will do: each name is known already, and answers plainly."""

import click

from layergen.errors import NotYet

__all__ = ["COMMANDS", "not_yet", "option"]

TODAY = "Today there are new-layer, new-op, new-loss, regenerate, test and list."


def option(name: str, instead: str, *, flag: bool = False) -> click.Option:
    """Make an option that is known, hidden from --help, and refused where it is given."""

    def refuse(_: click.Context, __: click.Parameter, value: object) -> None:
        if value:
            raise not_yet(name, instead)

    return click.Option(
        [name], is_flag=flag, hidden=True, expose_value=False, callback=refuse
    )


def not_yet(what: str, instead: str) -> NotYet:
    """Say that `what` is not there yet, and what works today."""
    return NotYet(f"{what} is not there yet", instead=instead)


def command(name: str, instead: str) -> click.Command:
    """Make a command that takes anything and refuses."""

    def refuse() -> None:
        raise not_yet(f"`layergen {name}`", instead)

    return click.Command(
        name,
        callback=refuse,
        short_help="(not yet)",
        help=f"Not there yet. {instead}",
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    )


COMMANDS = (
    command(
        "bench",
        "Today each component has a benchmark of its own: python -m swish.benchmark",
    ),
    command("doctor", TODAY),
    command("new-package", TODAY),
)
