"""`layergen new-layer`, `new-op` and `new-loss`."""

import sys
from typing import Any

import click

from layergen.cli import report
from layergen.cli.deliver import deliver, recover
from layergen.cli.options import FORWARD, LAYER, NAME, WRITING, Writing, takes
from layergen.spec.model import Kind
from layergen.spec.request import Request

__all__ = ["COMMANDS"]

LAYER_EXAMPLES = """
\b
Four layers, from nothing to your own:
  layergen new-layer GatedUnit
      one that works already, to edit
  layergen new-layer Swish --forward 'x * sigmoid(beta * x)' --param beta=1.0
      a line of mathematics with a learnable beta
  layergen new-layer SiLU --forward 'x * sigmoid(x)' --backward derived
      an op with a backward of formulas, and a layer that calls it
  layergen new-layer MyNorm --like layer_norm
      a bundled example under a name of your own
"""

OP_EXAMPLES = """
\b
Three ops:
  layergen new-op gated_unit
      one that works already, with the place for a backward of your own
  layergen new-op swish --forward 'x * sigmoid(beta * x)' --arg beta:float=1.0
      a line of mathematics, whose backward is derived
  layergen new-op rms_norm --from forwards.py:rms_norm
      a function that you have
"""

LOSS_EXAMPLES = """
\b
Three losses; the forward is left unreduced, `reduction` is added:
  layergen new-loss Huberish
      one that works already, to edit
  layergen new-loss squared --forward '(prediction - target) ** 2'
      a line of mathematics
  layergen new-loss focal --from forwards.py:focal
      a function that you have
"""


@takes(NAME, *FORWARD, *LAYER, *WRITING)
@click.command(epilog=LAYER_EXAMPLES)
def new_layer(**given: Any) -> None:
    """Write a layer: an nn.Module, with its tests."""
    make(Kind.LAYER, given)


@takes(NAME, *FORWARD, *WRITING)
@click.command(epilog=OP_EXAMPLES)
def new_op(**given: Any) -> None:
    """Write an op: a function and its derived backward, with their tests."""
    make(Kind.OP, given)


@takes(NAME, *FORWARD, *WRITING)
@click.command(epilog=LOSS_EXAMPLES)
def new_loss(**given: Any) -> None:
    """Write a loss: an nn.Module with `reduction`, with its tests."""
    make(Kind.LOSS, given)


def make(kind: Kind, given: dict[str, Any]) -> None:
    """Make a component, or add to the one of this name."""
    from layergen import pipeline

    name = given.pop("name")
    writing = Writing.taken_from(given)
    request = Request(kind, asked(kind) if name is None else name, **given)
    recover(writing.into, writing.tests_into)
    with report.progress() as tell:
        plan = pipeline.create(
            request,
            into=writing.into,
            tests_into=writing.tests_into,
            force=writing.force,
            on_progress=tell,
        )
    deliver(plan, writing)


def asked(kind: Kind) -> str:
    """Ask for the name that was left out, if there is somebody to ask."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError("NAME is missing.", click.get_current_context())
    return report.ask(f"Name of the new {kind}")


COMMANDS = (new_layer, new_op, new_loss)
