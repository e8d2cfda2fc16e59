"""A plan into the tree: all or nothing, whatever happens on the way.

A new component is built in a hidden folder beside its place and appears by one rename. All else is
a row of renames with backups and a journal, which `recover` brings to an end after a kill.
"""

from collections.abc import Sequence
from pathlib import Path

from layergen.errors import BadRequest
from layergen.output.disk import read
from layergen.output.journal import Journal, changed_meanwhile, clear, perform
from layergen.output.lock import hold
from layergen.output.plan import Action, Destination, FileChange
from layergen.output.stage import stage
from layergen.output.work import Work, home, works_in

__all__ = ["commit"]


def commit(changes: Sequence[FileChange], destination: Destination) -> None:
    """Do what was planned.

    Raises:
        WouldOverwrite: a file is not as the plan saw it.
        BadRequest: the system refused (disk full, read-only, …), another layergen is at work
            there, or an interrupted one has left work; nothing was changed.
    """
    assert not any(change.action is Action.CONFLICT for change in changes)
    with hold(lambda: _homes(destination.roots)) as homes:
        _refuse_unfinished(homes)
        todo = _still_to_do(changes, destination)
        if todo:
            _write(todo, [destination.root(change.path) for change in todo])


def _write(todo: Sequence[FileChange], roots: Sequence[Path]) -> None:
    """Prepare everything, then put it in place."""
    work = Work.fresh(_homes(roots))
    try:
        work.begin()
        perform(work, stage(todo, [work.folder(home(root)) for root in roots]))
    finally:
        clear(work)


def _homes(roots: Sequence[Path]) -> tuple[Path, ...]:
    """Tell where there will be work folders, once each."""
    return tuple(dict.fromkeys(home(root) for root in roots))


def _refuse_unfinished(homes: Sequence[Path]) -> None:
    for place in homes:
        for work in works_in(place):
            journal = Journal.of(work)
            if journal is not None and journal.steps is not None:
                raise BadRequest(
                    f"a layergen run was interrupted in {place} just now",
                    instead="Run the command again: it first brings that one to an end.",
                )


def _still_to_do(
    changes: Sequence[FileChange], destination: Destination
) -> tuple[FileChange, ...]:
    """Look again, now that no other layergen can interfere.

    A file that has become what was planned is as good: two equal runs at once both succeed.
    """
    found = {
        change.path: read(destination.root(change.path), change.target)
        for change in changes
    }
    moved = [
        change.target
        for change in changes
        if found[change.path] not in (change.before, change.after)
    ]
    if moved:
        raise changed_meanwhile(moved)
    return tuple(change for change in changes if found[change.path] != change.after)
