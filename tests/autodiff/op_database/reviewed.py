"""The lists of refusals, and of operators printed by their path, that a person has looked at."""

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from tests.autodiff.op_database.judge import Judgement, Outcome

LIST = Path(__file__).with_name("reviewed.toml")
OPERATORS = Path(__file__).with_name("operators.toml")


def reviewed() -> Mapping[str, str]:
    """Read the refused variants, each with its reason."""
    tables = tomllib.loads(LIST.read_text())
    return {
        variant: reason for reason, table in tables.items() for variant in table["ops"]
    }


def operators() -> frozenset[str]:
    """Read the operators that a text may name by torch.ops."""
    tables = tomllib.loads(OPERATORS.read_text()).values()
    return frozenset(f"torch.ops.{each}" for table in tables for each in table["ops"])


def unknown_operators(
    judgements: Iterable[Judgement], known: Collection[str]
) -> Iterator[str]:
    """Tell which operators are printed by their path, and are not on the list."""
    for each in judgements:
        printed = {name for finding in each.findings for name in finding.below}
        for name in sorted(printed.difference(known)):
            yield f"{each.variant} prints {name}"


def surprises(
    judgements: Iterable[Judgement], expected: Mapping[str, str]
) -> Iterator[str]:
    """Tell what came out otherwise than reviewed; nothing of what has no sample."""
    for each in judgements:
        if not each.findings:
            continue
        worst = each.worst
        reason = expected.get(each.variant)
        if worst.outcome in (Outcome.WRONG, Outcome.RAISED):
            yield f"{each.variant} is {worst.outcome}: {worst.reason}"
        elif worst.outcome is Outcome.REFUSED and worst.reason != reason:
            yield f"{each.variant} is refused: {worst.reason}; the list says {reason}"
        elif worst.outcome is Outcome.RIGHT and reason:
            yield f"{each.variant} is right: take it off the list"
