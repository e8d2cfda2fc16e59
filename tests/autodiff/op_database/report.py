"""The table of how the operator database came out."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from tests.autodiff.op_database.judge import Judgement, Outcome
from tests.benchmarks.machine import machine


def table(judgements: Sequence[Judgement], command: str) -> str:
    lines = (
        "# PyTorch's operator database, derived",
        "",
        machine("torch", "black"),
        f"`{command}`: float64, variants with a derivative, at most three samples of each;",
        "values, gradients and second derivatives against autograd, from random cotangents.",
        "",
        *counts(judgements),
        "",
        *times(judgements),
        "",
        *reasons(judgements),
    )
    return "\n".join(lines) + "\n"


def counts(judgements: Sequence[Judgement]) -> Iterator[str]:
    found = Counter(each.worst.outcome for each in judgements)
    yield f"| variants | {len(judgements)} |"
    yield "|---|--:|"
    for outcome in Outcome:
        yield f"| {outcome} | {found[outcome]} |"
    alone = sum(each.needs_no_fallback for each in judgements)
    yield f"| right, by rules alone | {alone} |"


def times(judgements: Sequence[Judgement]) -> Iterator[str]:
    seconds = sorted(
        finding.seconds
        for each in judgements
        for finding in each.findings
        if finding.outcome is Outcome.RIGHT
    )
    cuts = statistics.quantiles(seconds, n=20)
    yield f"| deriving and printing, {len(seconds)} samples | seconds |"
    yield "|---|--:|"
    yield f"| median | {statistics.median(seconds):.3f} |"
    yield f"| 95th percentile | {cuts[-1]:.3f} |"
    yield f"| longest | {seconds[-1]:.3f} |"


def reasons(judgements: Sequence[Judgement]) -> Iterator[str]:
    """Name every variant that is not right, by what is the matter."""
    found: dict[tuple[Outcome, str], list[str]] = defaultdict(list)
    for each in judgements:
        if each.worst.outcome is not Outcome.RIGHT:
            found[each.worst.outcome, each.worst.reason].append(each.variant)
    yield "| not right | reason | variants |"
    yield "|---|---|---|"
    for (outcome, reason), variants in sorted(found.items()):
        yield f"| {outcome} | {reason} | {', '.join(variants)} |"
