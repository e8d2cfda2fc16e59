"""The command `layergen`: its commands, and the one place where every error ends."""

import gc
from collections.abc import Sequence

import click

from layergen import __version__
from layergen.cli import later, listing, new, regenerate, report, test
from layergen.errors import ExitCode, LayergenError

__all__ = ["layergen", "main"]

# Objects between two collections: a short process has little to collect, and `new-layer` spent
# 7% of its time looking for it under Python's own 700 (tests/benchmarks/startup.py).
GARBAGE = 100_000

EPILOG = """
\b
Start here:
  layergen new-layer GatedUnit     write a layer that works, into ./gated_unit
  layergen test gated_unit         run the tests that came with it
  layergen new-layer --help        the same for mathematics of your own

\b
Completion of commands, options and examples, for this shell:
  eval "$(_LAYERGEN_COMPLETE=bash_source layergen)"        # in ~/.bashrc
  eval "$(_LAYERGEN_COMPLETE=zsh_source layergen)"         # in ~/.zshrc
  _LAYERGEN_COMPLETE=fish_source layergen | source         # in config.fish
"""


class Commands(click.Group):
    """A group that lists its commands in the order in which they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Keep the order of `add_command`."""
        return list(self.commands)


@click.group(cls=Commands, epilog=EPILOG)
@click.version_option(__version__, message="layergen %(version)s")
def layergen() -> None:
    """Write finished PyTorch components: layers, ops and losses, with their tests.

    You state the mathematics; layergen writes sources that you own. They need torch, and
    their tests pytest; nothing needs layergen.
    """


for command in (
    *new.COMMANDS,
    regenerate.command,
    test.command,
    listing.command,
    *later.COMMANDS,
):
    layergen.add_command(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, and answer its exit code: the error boundary.

    Args:
        arguments: what follows `layergen` on the command line; that of this process if None.
    """
    gc.set_threshold(GARBAGE)
    try:
        answer = layergen.main(arguments, prog_name="layergen", standalone_mode=False)
        return int(answer or ExitCode.FINE)
    except LayergenError as error:
        report.error(error)
        return error.exit_code
    except click.ClickException as error:
        report.usage(error)
        return ExitCode.BAD_REQUEST
    except (click.Abort, KeyboardInterrupt):
        report.interrupted()
        return ExitCode.INTERRUPTED
    except Exception as error:  # a bug of ours, whatever it is
        report.internal(error)
        return ExitCode.INTERNAL
