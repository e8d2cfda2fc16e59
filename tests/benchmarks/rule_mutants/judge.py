"""What becomes of a fault: whether the gate stops what is derived with it."""

import signal
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from time import perf_counter
from types import FrameType
from typing import Any
from unittest import mock

from layergen.autodiff.refusal import Reason
from layergen.errors import CannotDerive
from layergen.gate import derivation
from tests.benchmarks.rule_mutants.mutant import Mutant
from tests.benchmarks.rule_mutants.planting import planted
from tests.benchmarks.rule_mutants.reach import reaching
from tests.benchmarks.rule_mutants.subjects import (
    Subject,
    Unchanged,
    Way,
    derive,
    printed,
)

__all__ = [
    "CHECKS",
    "MOST",
    "Finding",
    "Judgement",
    "Outcome",
    "check_behind",
    "crashed",
    "is_enough",
    "judged",
    "judgement_of",
]

MOST = 16  # calls that a fault changes the text of, looked at by the cheap checks
WHOLE = 2  # of those that pass, by the whole gate
FAILS = 4  # derivations that raise: so many are enough
SECONDS = 120  # for one call
GATE = "layergen.gate"
# What a derivation at two sets of sizes finds, before there is a text to run; then the rest.
NO_GRADIENT_PATH = Reason.NO_GRADIENT_PATH.spelled
AT_TWO_SIZES = Reason.BURNT_IN.spelled
GATES = tuple(each.__module__.rpartition(".")[2] for each in derivation.CHECKS)
CHECKS = (AT_TWO_SIZES, *GATES)
CHEAP = GATES.index("values") + 1  # checks, of which that of values stops most faults


class Outcome(StrEnum):
    """What becomes of a fault at one call."""

    CAUGHT = "caught"
    RAISED = "not derived"
    SAME = "the same text"
    UNFIT = "right text refused"
    SURVIVED = "survived"


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of a fault at one call.

    Attributes:
        by: the check that caught it, the error that stopped the derivation, or why the right
            text is refused.
    """

    outcome: Outcome
    subject: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of a fault, call by call, until it was caught.

    Attributes:
        seconds: how long it took to judge.
    """

    rule: str
    kind: str
    change: str
    line: int
    findings: tuple[Finding, ...]
    seconds: float = 0.0

    @property
    def title(self) -> str:
        return f"{self.rule}: {self.change}"

    @property
    def outcome(self) -> Outcome | None:
        """The best that was achieved; None where no call runs through the line."""
        found = {each.outcome for each in self.findings}
        order = (Outcome.CAUGHT, Outcome.SURVIVED, Outcome.RAISED, Outcome.UNFIT)
        return next((each for each in order if each in found), next(iter(found), None))

    @property
    def is_stopped(self) -> bool:
        """Whether nothing wrong can come of it."""
        return self.outcome in (Outcome.CAUGHT, Outcome.RAISED)

    @property
    def by(self) -> str:
        """The check that caught it."""
        return next((e.by for e in self.findings if e.outcome is self.outcome), "")


def judged(mutant: Mutant) -> Judgement:
    """Derive one call after the other with a fault in the rule, until the gate stops it.

    The values stop most faults; where they do not, the whole gate sees some of the calls.
    """
    began = perf_counter()
    found: dict[Subject, Finding] = {}
    for subject in reaching(mutant):
        found[subject] = finding(mutant, subject, CHEAP)
        if found[subject].by == NO_GRADIENT_PATH:
            beside = replace(subject, way=Way.BESIDE)
            found[beside] = finding(mutant, beside, CHEAP)
        if is_enough([each.outcome for each in found.values()]):
            break
    if all(each.outcome is not Outcome.CAUGHT for each in found.values()):
        found = by_all_checks(mutant, found)
    judgement = judgement_of(mutant, found.values())
    return replace(judgement, seconds=round(perf_counter() - began, 2))


def crashed(mutant: Mutant) -> Judgement:
    """Judge a fault at which torch itself ends the process: an index beyond its memory, say."""
    return judgement_of(mutant, [Finding(Outcome.RAISED, "", "crash")])


def judgement_of(mutant: Mutant, findings: Iterable[Finding]) -> Judgement:
    return Judgement(
        mutant.statement.title,
        mutant.kind,
        mutant.change,
        mutant.lines[0],
        tuple(findings),
    )


def is_enough(outcomes: Sequence[Outcome]) -> bool:
    """Tell whether another call would show nothing new; one of the same text shows nothing."""
    shown = [each for each in outcomes if each is not Outcome.SAME]
    never = set(shown) == {Outcome.RAISED} and len(shown) >= FAILS
    return outcomes[-1] is Outcome.CAUGHT or never or len(shown) >= MOST


def by_all_checks(
    mutant: Mutant, found: Mapping[Subject, Finding]
) -> dict[Subject, Finding]:
    """Put calls that passed the cheap checks before all of them; a few, spread evenly."""
    unclear = (
        Outcome.SURVIVED,
        Outcome.UNFIT,
    )  # derived once, a call may keep its sizes
    passed = [at for at, each in found.items() if each.outcome in unclear]
    made = {at: each for at, each in found.items() if at not in passed}
    tried = passed[:: max(1, len(passed) // WHOLE)][:WHOLE]
    for subject in tried:
        made[subject] = finding(mutant, subject, len(derivation.CHECKS))
        if made[subject].outcome is Outcome.CAUGHT:
            break
    return made


def finding(mutant: Mutant, subject: Subject, checks: int) -> Finding:
    """Derive one call with a fault in the rule, and let the first so many checks judge it."""
    once = checks == CHEAP
    try:
        right = printed(subject, once=once)
    except Exception as error:
        return Finding(Outcome.UNFIT, subject.title, first_line(error))
    try:
        with at_most(SECONDS), planted(mutant), first_checks(checks):
            derive(subject, unlike=right, once=once)
    except Unchanged:
        return Finding(Outcome.SAME, subject.title)
    except Exception as error:
        check = check_behind(error)
        if not check:
            return Finding(Outcome.RAISED, subject.title, named(error))
        if why := refused(subject, CHECKS.index(check)):
            return Finding(Outcome.UNFIT, subject.title, why)
        return Finding(Outcome.CAUGHT, subject.title, check)
    return Finding(Outcome.SURVIVED, subject.title)


def check_behind(error: Exception) -> str:
    """Name the gate's check that refused a derivation, or ""."""
    if named(error) == AT_TWO_SIZES:
        return AT_TWO_SIZES
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    names = [frame.f_globals["__name__"].rpartition(".") for frame in frames]
    return next((name for room, _, name in names if room == GATE and name in GATES), "")


def named(error: Exception) -> str:
    """Name an error: a refusal by its reason."""
    return error.reason if isinstance(error, CannotDerive) else type(error).__name__


@cache
def refused(subject: Subject, place: int) -> str:
    """Say why a check, or one before it, refuses the rule as it is: that proves nothing."""
    try:
        with first_checks(place):
            derive(subject, unlike="", once=place == CHEAP)
    except Exception as error:
        return first_line(error)
    return ""


def first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]


def first_checks(count: int) -> AbstractContextManager[Any]:
    """Leave out the gate's later checks."""
    return mock.patch.object(derivation, "CHECKS", derivation.CHECKS[:count])


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Raise TimeoutError where a fault makes something endless."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
