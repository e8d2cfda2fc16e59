"""One rename, and the one that takes it back; either may be asked for twice.

What was done is read off the tree, so that a killed process needs no notes: a prepared file that
is gone has been put in place, and a removed file has become its own backup.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from layergen.output.disk import state

__all__ = ["Step", "finish", "keep", "prune", "undo"]


@dataclass(frozen=True, slots=True)
class Step:
    """Something that appears, is replaced or goes, at once.

    Attributes:
        target: a file, or a folder that is new with all that is in it.
        staged: what is to appear there, prepared elsewhere; None for a removal.
        backup: where the file that was there is kept; None where nothing was.
        before: the state of the target that the plan saw.
        after: and the one that it leaves; None for a removal.
    """

    target: Path
    staged: Path | None
    backup: Path | None
    before: str | None
    after: str | None


def finish(step: Step) -> bool:
    """Take a step, unless it was taken.

    Returns:
        False, and nothing done, where the target is neither as before nor as planned.
    """
    source, goal = _move(step)
    if _taken(step):
        return True
    found = state(step.target)
    if found == step.after:
        return True
    if found == step.before:
        os.replace(source, goal)
        return True
    return False


def undo(step: Step) -> bool:
    """Take a step back, unless it was not taken, or was taken back.

    Returns:
        False, and nothing done, where the target is neither as before nor as planned.
    """
    if not _taken(step) or _restored(step):
        return True
    if state(step.target) != step.after:
        return False
    step.target.parent.mkdir(parents=True, exist_ok=True)  # `prune` may have been there
    if step.backup is not None:
        os.replace(step.backup, step.target)
    else:
        source, goal = _move(step)
        os.replace(goal, source)
    return True


def _move(step: Step) -> tuple[Path, Path]:
    """Tell the rename that is the step."""
    if step.staged is not None:
        return step.staged, step.target
    assert step.backup is not None, "a removal has a backup"
    return step.target, step.backup


def _taken(step: Step) -> bool:
    if step.staged is not None:
        return not os.path.lexists(step.staged)
    assert step.backup is not None, "a removal has a backup"
    return os.path.lexists(step.backup)


def _restored(step: Step) -> bool:
    """Tell whether a taken step was taken back; a creation's then counts as not taken."""
    if step.backup is None:
        return not os.path.lexists(step.target)
    return not os.path.lexists(step.backup)


def keep(step: Step) -> Path | None:
    """Put the backup beside a target that a person has edited since.

    Returns:
        Where it is; None where there is none, or it says the same as the target.
    """
    folder = step.target.parent
    if step.backup is None or state(step.backup) in (None, state(step.target)):
        return None
    if not folder.is_dir():  # they threw the whole component away
        return None
    kept, number = folder / f"{step.target.name}.before-layergen", 1
    while os.path.lexists(kept):
        number += 1
        kept = folder / f"{step.target.name}.before-layergen-{number}"
    os.replace(step.backup, kept)
    return kept


def prune(step: Step) -> None:
    """Take away the folder that a removal has left empty."""
    if step.staged is None:
        with suppress(OSError):  # not empty, or gone
            step.target.parent.rmdir()
