"""From a plan to files, and to their tests: what every writing command ends with."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from layergen.cli import report
from layergen.cli.options import Writing
from layergen.errors import TestsFailed

if TYPE_CHECKING:
    from layergen.pipeline import Plan

__all__ = ["deliver", "judge", "recover"]


def recover(*folders: Path | None) -> None:
    """Finish or undo what a killed run left in these folders or in this one, and say so."""
    from layergen import pipeline

    looked_at = dict.fromkeys((Path(), *(folder for folder in folders if folder)))
    for sentence in pipeline.recover(tuple(looked_at)):
        report.note(sentence)


def deliver(plan: "Plan", writing: Writing) -> None:
    """Write a plan, or show it; say what happened and what to do next."""
    if not writing.writes:
        return show(plan, writing)
    from layergen import pipeline

    report.edited(plan.changes)
    pipeline.write(plan)
    report.changes(plan.changes)
    report.notes(plan.notes)
    report.cost(plan.cost)
    report.next_steps(plan)
    if writing.test:
        judge(plan.destination.component)
    return None


def show(plan: "Plan", writing: Writing) -> None:
    """Say what would happen, and end as the writing itself would."""
    from layergen.output.plan import diff, raise_on_conflict

    if writing.diff:
        for change in plan.changes:
            report.difference(diff(change))
    report.changes(plan.changes)
    report.notes(plan.notes)
    report.cost(plan.cost)
    report.nothing_written()
    raise_on_conflict(plan.changes)


def judge(path: Path, arguments: Sequence[str] = ()) -> None:
    """Run the tests of every component at a path.

    Raises:
        TestsFailed: one failed, or a component has none.
    """
    from layergen.check import run

    verdict = run.run(run.components(path), arguments)
    if verdict.untested:
        again = " ".join(f"layergen regenerate {folder}" for folder in verdict.untested)
        raise TestsFailed(verdict.reason, instead=f"To have them again: {again}")
    if not verdict.passed:
        raise TestsFailed(verdict.reason)
