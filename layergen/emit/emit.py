"""The room's door: a Spec and its trials become the files of a component."""

from layergen.emit.catalog import entries
from layergen.emit.entry import Entry
from layergen.emit.format import formatted
from layergen.emit.function_entries import op_entries
from layergen.emit.refused import limits
from layergen.emit.render import render
from layergen.emit.source import SourceFile
from layergen.ir.trial import Trial, Trials
from layergen.spec.model import OpSpec, Spec

__all__ = ["emit", "emit_function", "limits"]

VERBATIM = "tests/reference.py"  # the user's own text: not ours to format


def emit(spec: Spec, trials: Trials, component: str) -> tuple[SourceFile, ...]:
    """Write the text of every file, in memory.

    Args:
        spec: what was asked for.
        trials: what running its forwards showed.
        component: absolute name of the component's module: "swish", "my_ops.swish".
    """
    return tuple(source(each) for each in entries(spec, trials, component))


def emit_function(spec: Spec, op: OpSpec, trial: Trial) -> SourceFile:
    """Write the text of an op alone, without its component."""
    first = next(iter(op_entries(spec, op, trial, "")))
    return source(first)


def source(entry: Entry) -> SourceFile:
    """Render and format one file."""
    text = render(entry.template, entry.views)
    path = str(entry.path)
    return SourceFile(entry.path, text if path == VERBATIM else formatted(text, path))
