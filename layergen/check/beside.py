"""Measures a derived function beside its plain forward, where example inputs are all that is known."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import torch

from layergen.autodiff.adapter import default_dtype
from layergen.check.kept import Run, kept_bytes, kept_terms
from layergen.check.known import spelled
from layergen.check.saved import own_dtype
from layergen.check.steps import seconds, shapes_of
from layergen.gate.apart import apart
from layergen.ir.cost import Cost, Side, Term

__all__ = ["measured_at"]


@apart()
@default_dtype(torch.float32)
def measured_at(
    functions: tuple[Callable[..., Any], Callable[..., Any]],
    names: Sequence[str],
    inputs: Sequence[Any],
    others: Sequence[Any],
    kept: tuple[str, ...],
) -> Cost:
    """Measure a derived function and its plain forward at example inputs.

    Args:
        functions: the derived one and the plain one; both take all arguments by position.
        names: of the arguments.
        inputs: what is timed.
        others: the same at other sizes; () where they have one size only.
        kept: what the derived one keeps, by name.
    """
    runs = [Run(each, inputs) for each in functions]
    times = seconds(*runs)
    ours, plain = (
        Side(
            spelled_terms(run, names, others) if others else (), kept_bytes(run), taken
        )
        for run, taken in zip(runs, times, strict=True)
    )
    shapes = shapes_of(names, inputs)
    return Cost(
        replace(ours, names=kept),
        plain,
        str(own_dtype(inputs)).removeprefix("torch."),
        shapes,
    )


def spelled_terms(
    run: Run, names: Sequence[str], others: Sequence[Any]
) -> tuple[Term, ...]:
    """Say what is kept by the sizes of the arguments; the second example tells them apart."""
    first, second = spelled(names, others, run.inputs)
    try:
        return kept_terms([(replace(run, inputs=others), first), (run, second)])
    except Exception:
        return ()  # nobody promised that the forward takes other sizes in this dtype
