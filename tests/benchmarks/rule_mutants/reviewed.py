"""The list of faults that change nothing, each looked at by a person."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from tests.benchmarks.rule_mutants.judge import Judgement

__all__ = ["reviewed", "surprises"]

LIST = Path(__file__).with_name("reviewed.toml")


@cache
def reviewed() -> Mapping[str, str]:
    """Read why faults are harmless, by their titles."""
    families = tomllib.loads(LIST.read_text())
    return {
        f"{family}.{name}: {change}": reason
        for family, statements in families.items()
        for name, reasons in statements.items()
        for reason, changes in reasons.items()
        for change in changes
    }


def surprises(
    judgements: Iterable[Judgement], reviews: Mapping[str, str]
) -> Iterator[str]:
    """Tell what came out otherwise than reviewed."""
    for each in judgements:
        if each.is_stopped and each.title in reviews:
            yield f"{each.title}: {each.outcome}; take it off the list"
        elif not each.is_stopped and each.title not in reviews:
            calls = ", ".join(found.subject for found in each.findings[:3])
            yield f"{each.title}: {each.outcome or 'not reached'} ({calls})"
