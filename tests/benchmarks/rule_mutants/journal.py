"""What was judged, kept in a file: a run that is broken off goes on where it was."""

import ast
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.rule_mutants.judge import Finding, Judgement, Outcome
from tests.benchmarks.rule_mutants.mutant import Statement

__all__ = ["Journal", "text_of"]


@dataclass(frozen=True, slots=True)
class Journal:
    """A file with a line for each function that was judged, and its text as it was then.

    What else changes, the gate above all, it knows nothing of: then begin another.
    """

    path: Path

    def known(self) -> Mapping[str, Sequence[Judgement]]:
        """Read what was judged, by the functions' texts."""
        lines = self.path.read_text().splitlines() if self.path.exists() else ()
        found = [json.loads(each) for each in lines]
        return {
            each["text"]: [judgement_of(judged) for judged in each["judgements"]]
            for each in found
        }

    def add(self, statement: Statement, judgements: Sequence[Judgement]) -> None:
        """Write down a function's."""
        line = {
            "text": text_of(statement),
            "judgements": [asdict(each) for each in judgements],
        }
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")


def text_of(statement: Statement) -> str:
    """Spell a function as it is now."""
    return f"{statement.module}: {ast.unparse(statement.tree)}"


def judgement_of(found: dict[str, Any]) -> Judgement:
    findings = tuple(
        Finding(Outcome(each["outcome"]), each["subject"], each["by"])
        for each in found["findings"]
    )
    return Judgement(**{**found, "findings": findings})
