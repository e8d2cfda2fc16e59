"""The table of what became of the faults."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from tests.benchmarks.machine import machine
from tests.benchmarks.rule_mutants.judge import CHECKS, Judgement, Outcome
from tests.benchmarks.rule_mutants.mutant import Kind, Mutant
from tests.benchmarks.rule_mutants.named import Fault

__all__ = ["table"]

MISSED = "**missed**"
UNKNOWN = "no call that was tried shows them"
KEPT = (
    "Not all of it was judged at once: what is known of a fault is kept as long as its function's",
    "text is the same, while the gate and the calls grew. What was not stopped was judged again.",
)
STOPPED = (Outcome.CAUGHT, Outcome.RAISED)


def table(
    judgements: Sequence[Judgement],
    possible: Sequence[Mutant],
    reviews: Mapping[str, str],
    named: Mapping[Fault, str],
    command: str,
    *,
    kept: bool = False,
) -> str:
    """Print what became of the faults that were planted, of those that are possible."""
    lines = (
        "# Faults planted in the rules",
        "",
        machine("torch", "black"),
        f"`{command}`: each fault alone, in a rule's own text or in what it leans on; then a call",
        "is derived with it by rules alone, printed, run, and put before the gate.",
        "",
        *summary(judgements, possible, reviews),
        *(KEPT if kept else ()),
        "",
        *by_kind(judgements, possible),
        "",
        *by_family(judgements, possible),
        "",
        *by_check(judgements),
        "",
        *by_name(named),
        "",
        *left(judgements, reviews),
    )
    return "\n".join(lines) + "\n"


def summary(
    judgements: Sequence[Judgement],
    possible: Sequence[Mutant],
    reviews: Mapping[str, str],
) -> Iterator[str]:
    found = Counter(each.outcome for each in judgements)
    rest = [each for each in judgements if not each.is_stopped]
    reviewed = sum(each.title in reviews for each in rest)
    statements = len({each.rule for each in judgements})
    yield f"{len(judgements)} of {len(possible)} possible faults were planted, in {statements}"
    yield "functions and constants:"
    yield f"{found[Outcome.CAUGHT]} caught by the gate, {found[Outcome.RAISED]} not derived at all,"
    missed = sum(reason_for(each, reviews) == MISSED for each in rest)
    yield f"{reviewed} harmless as reviewed, **{missed} missed**;"
    yield f"of {len(rest) - reviewed - missed} nothing is known: {UNKNOWN}."
    if seconds := [each.seconds for each in judgements if each.seconds]:
        yield f"{len(seconds)} of them were timed: {median(seconds):.1f} s each in the median,"
        yield f"{max(seconds):.0f} s at most, {sum(seconds) / 60:.0f} minutes together in one process."
    if len(judgements) < len(possible):
        yield f"The other {len(possible) - len(judgements)} possible faults were **not judged**."


def by_kind(
    judgements: Sequence[Judgement], possible: Sequence[Mutant]
) -> Iterator[str]:
    outcomes = tuple(Outcome)
    yield f"| fault | possible | planted | {' | '.join(outcomes)} | not reached |"
    yield "|---|" + "--:|" * (len(outcomes) + 3)
    for kind in Kind:
        known = sum(each.kind is kind for each in possible)
        found = [each.outcome for each in judgements if each.kind == kind]
        counts = [found.count(each) for each in (*outcomes, None)]
        yield f"| {kind} | {known} | {len(found)} | {' | '.join(map(str, counts))} |"


def by_family(
    judgements: Sequence[Judgement], possible: Sequence[Mutant]
) -> Iterator[str]:
    yield "| family | possible | planted | caught | not derived | the rest |"
    yield "|---|" + "--:|" * 5
    known = Counter(each.statement.module for each in possible)
    for family in sorted(known):
        found = [e.outcome for e in judgements if e.rule.partition(".")[0] == family]
        stopped = [found.count(each) for each in STOPPED]
        counts = (known[family], len(found), *stopped, len(found) - sum(stopped))
        yield f"| {family} | {' | '.join(map(str, counts))} |"


def by_check(judgements: Sequence[Judgement]) -> Iterator[str]:
    found = Counter(each.by for each in judgements if each.outcome is Outcome.CAUGHT)
    yield "| check, in the gate's order | caught by it first |"
    yield "|---|--:|"
    for check in CHECKS:
        yield f"| {check} | {found[check]} |"


def by_name(named: Mapping[Fault, str]) -> Iterator[str]:
    yield "| named fault | caught by |"
    yield "|---|---|"
    for fault, check in named.items():
        yield f"| {fault.name} | {check or '**missed**'} |"


def left(judgements: Sequence[Judgement], reviews: Mapping[str, str]) -> Iterator[str]:
    """List every fault that was not stopped, and what its review says."""
    yield "| not stopped | | why that is harmless |"
    yield "|---|---|---|"
    for each in judgements:
        if not each.is_stopped:
            reason = reason_for(each, reviews)
            outcome = each.outcome or "not reached"
            yield f"| {each.rule}: `{escaped(each.change)}` | {outcome} | {reason} |"


def reason_for(judgement: Judgement, reviews: Mapping[str, str]) -> str:
    """Say why a fault was not stopped."""
    missed = judgement.outcome is Outcome.SURVIVED
    return reviews.get(judgement.title, MISSED if missed else UNKNOWN)


def escaped(text: str) -> str:
    return text.replace("|", "\\|")
