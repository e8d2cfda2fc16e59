"""Derive, print and run, without the gate: what a test judges must not have been judged before."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from layergen.autodiff.derive import derived
from layergen.autodiff.functional import Subject, subject_of
from layergen.deriving import executed, source_of
from layergen.ir.trial import Pinned
from layergen.spec.model import Recompute


@dataclass(frozen=True, slots=True)
class Ungated:
    """What came of a forward.

    Attributes:
        fallbacks: the operators that it has no rule for.
        seconds: of deriving it, before it was printed.
    """

    source: str
    function: Callable[..., Any]
    fallbacks: tuple[str, ...]
    seconds: float


def ungated(
    function: Callable[..., Any],
    inputs: Sequence[Any],
    *,
    recompute: str = "cheap",
    fallback: bool = True,
) -> Ungated:
    subject = subject_of(function, inputs, None)
    return of_subject(subject, recompute=recompute, fallback=fallback)


def of_subject(
    subject: Subject, *, recompute: str = "cheap", fallback: bool = True
) -> Ungated:
    start = time.perf_counter()
    gradients = derived(
        subject.function,
        subject.values,
        names=subject.names,
        wanted=subject.wanted,
        recompute=Recompute(recompute),
        fallback=fallback,
    )
    seconds = time.perf_counter() - start
    source = source_of(subject, gradients, (), Pinned.NOTHING)
    made = executed(source, subject.name)
    return Ungated(source, made, gradients.fallbacks, seconds)
