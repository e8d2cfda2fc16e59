"""What was judged, kept in a file: a run that is broken off goes on where it was."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.benchmarks.rule_mutants.judge import Finding, Judgement, Outcome

__all__ = ["add", "read"]


def read(path: Path) -> Iterator[Judgement]:
    """Read the judgements of a file, in their order; none where there is no file."""
    for line in path.read_text().splitlines() if path.exists() else ():
        for each in json.loads(line):
            yield judgement_of(each)


def add(path: Path, judgements: Sequence[Judgement]) -> None:
    """Write the judgements of a statement, in one line."""
    with path.open("a") as file:
        file.write(json.dumps([asdict(each) for each in judgements]) + "\n")


def judgement_of(found: dict[str, Any]) -> Judgement:
    findings = tuple(
        Finding(Outcome(each["outcome"]), each["subject"], each["by"])
        for each in found["findings"]
    )
    return Judgement(**{**found, "findings": findings})
