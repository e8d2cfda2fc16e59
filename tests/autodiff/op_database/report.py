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
    right = [
        finding
        for each in judgements
        for finding in each.findings
        if finding.outcome is Outcome.RIGHT
    ]
    yield f"| seconds, of {len(right)} samples | median | 95th percentile | longest |"
    yield "|---|--:|--:|--:|"
    yield row("deriving", [each.seconds for each in right])
    yield row("deriving, printing, Black", [each.emitting for each in right])


def row(name: str, seconds: Sequence[float]) -> str:
    late = sorted(seconds)[int(0.95 * len(seconds))]
    cells = (statistics.median(seconds), late, max(seconds))
    return f"| {name} | {' | '.join(f'{each:.3f}' for each in cells)} |"


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
