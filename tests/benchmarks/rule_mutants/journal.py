"""What was judged, kept in a file: a run that is broken off goes on where it was."""

import ast
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.benchmarks.rule_mutants.judge import Finding, Judgement, Outcome
from tests.benchmarks.rule_mutants.mutant import Mutant, Statement

__all__ = ["Journal", "key_of"]


@dataclass(frozen=True, slots=True)
class Journal:
    """A file with a line for each fault that was judged, and its function as it was then.

    What else changes, the gate above all, it knows nothing of: then begin another.
    """

    path: Path

    def known(self) -> Mapping[tuple[str, str], Judgement]:
        """Read what was judged, by the functions' texts and the changes."""
        lines = self.path.read_text().splitlines() if self.path.exists() else ()
        found = [json.loads(each) for each in lines]
        return {(text, each["change"]): read(each) for text, each in found}

    def add(self, mutant: Mutant, judgement: Judgement) -> None:
        with self.path.open("a") as file:
            file.write(json.dumps([key_of(mutant)[0], asdict(judgement)]) + "\n")


def key_of(mutant: Mutant) -> tuple[str, str]:
    """Name a fault by its function as it is now."""
    return text_of(mutant.statement), mutant.change


@cache
def text_of(statement: Statement) -> str:
    return f"{statement.module}: {ast.unparse(statement.tree)}"


def read(found: dict[str, Any]) -> Judgement:
    findings = tuple(
        Finding(Outcome(each["outcome"]), each["subject"], each["by"])
        for each in found["findings"]
    )
    return Judgement(**{**found, "findings": findings})
