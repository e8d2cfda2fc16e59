"""Derive one call of an operator, and compare it with autograd."""

import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from types import FrameType

from torch import Tensor

from layergen.errors import CannotDerive
from tests.autodiff.op_database.derivatives import (
    Function,
    agree,
    are_close,
    gradients,
    second_gradients,
    values,
)
from tests.autodiff.op_database.sample import Sample

SECONDS = 30  # for one sample, everything included


class Outcome(StrEnum):
    """How a variant came out, the worst last."""

    RIGHT = "right"
    REFUSED = "refused"
    RAISED = "raised"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Made:
    """What a deriver made of a sample.

    Attributes:
        function: takes the sample's tensors.
        seconds: of deriving it, without printing and formatting.
        fallbacks: the operators that it has no rule for.
        below: those that its text names by their path: "torch.ops.aten.sort.default".
    """

    function: Function
    seconds: float = 0.0
    fallbacks: tuple[str, ...] = ()
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """How a sample came out.

    Attributes:
        reason: of a refusal: "hidden-random"; of the rest, what differs or was raised.
        seconds: of deriving it; emitting: with printing, formatting and running the source.
    """

    outcome: Outcome
    reason: str = ""
    seconds: float = 0.0
    emitting: float = 0.0
    fallbacks: tuple[str, ...] = ()
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a variant's samples came out."""

    variant: str
    findings: tuple[Finding, ...]

    @property
    def worst(self) -> Finding:
        order = list(Outcome)
        return max(self.findings, key=lambda each: order.index(each.outcome))

    @property
    def needs_no_fallback(self) -> bool:
        return self.worst.outcome is Outcome.RIGHT and not any(
            each.fallbacks for each in self.findings
        )


Deriver = Callable[[Sample], Made]


class OutOfTime(BaseException):
    """Not an Exception: nothing on its way may take it for one of torch's."""


def judged(name: str, samples: Iterable[Sample], derive: Deriver) -> Judgement:
    return Judgement(name, tuple(finding(each, derive) for each in samples))


def finding(sample: Sample, derive: Deriver) -> Finding:
    try:
        with limited():
            return compared(sample, derive)
    except CannotDerive as error:
        return Finding(Outcome.REFUSED, error.reason)
    except OutOfTime:
        return Finding(Outcome.RAISED, f"no answer within {SECONDS} s")
    except Exception as error:
        first = str(error).partition("\n")[0]
        return Finding(Outcome.RAISED, f"{type(error).__name__}: {first}")


@contextmanager
def limited() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def compared(sample: Sample, derive: Deriver) -> Finding:
    start = time.perf_counter()
    made = derive(sample)
    emitting = time.perf_counter() - start
    wrong = "; ".join(differences(made.function, sample))
    outcome = Outcome.WRONG if wrong else Outcome.RIGHT
    return Finding(outcome, wrong, made.seconds, emitting, made.fallbacks, made.below)


def differences(ours: Function, sample: Sample) -> Iterator[str]:
    """Name what differs from autograd: values, first and second derivatives."""
    theirs = sample.function
    if not are_close(values(ours, sample), values(theirs, sample)):
        yield "values"
        return
    expected = gradients(theirs, sample)
    if not agree(gradients(ours, sample), expected, 1e-6):
        yield "gradients"
    twice = second_gradients_of_autograd(sample)
    if twice is None:
        return
    if not agree(gradients(ours, sample, keep_graph=True), expected, 1e-6):
        yield "gradients that keep a graph"
    if not agree(second_gradients(ours, sample), twice, 1e-5):
        yield "second derivatives"


def second_gradients_of_autograd(sample: Sample) -> list[Tensor] | None:
    """Differentiate the operator twice; None where torch itself can't."""
    if not sample.twice:
        return None
    try:
        return second_gradients(sample.function, sample)
    except (RuntimeError, NotImplementedError):
        return None
