"""Changes into steps: all that is to appear is written first, where nobody sees it."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from layergen.output import disk
from layergen.output.plan import Action, FileChange
from layergen.output.step import Step

__all__ = ["stage"]


def stage(changes: Sequence[FileChange], folders: Sequence[Path]) -> tuple[Step, ...]:
    """Prepare the steps of some changes.

    Files whose folder does not exist yet are one step together: the topmost missing folder
    appears with all that is in it. A new component is a single step for that reason.

    Args:
        changes: what is to happen, none of it identical or a conflict.
        folders: for each change, the work folder on the file system of its target.
    """
    units: dict[Path, list[FileChange]] = {}
    slots: dict[Path, Path] = {}
    for change, folder in zip(changes, folders, strict=True):
        unit = _unit(change.target)
        slots.setdefault(unit, folder / str(len(slots)))
        units.setdefault(unit, []).append(change)
    return tuple(_step(unit, units[unit], slots[unit]) for unit in units)


def _unit(target: Path) -> Path:
    """Find the topmost missing folder above a target, or else the target itself."""
    while not os.path.lexists(target.parent):
        target = target.parent
    return target


def _step(unit: Path, members: Sequence[FileChange], slot: Path) -> Step:
    staged, backup = slot.with_suffix(".new"), slot.with_suffix(".old")
    first = members[0]
    if unit != first.target:
        return Step(unit, staged, None, None, _tree(unit, members, staged))
    before = None if first.before is None else disk.fingerprint(first.before)
    if first.action is Action.REMOVE:
        return Step(unit, None, backup, before, None)
    assert first.after is not None, first.action
    with disk.explained(unit):
        if first.before is None:
            disk.write(staged, first.after)
            return Step(unit, staged, None, None, disk.fingerprint(first.after))
        disk.write(staged, first.after, stat.S_IMODE(os.lstat(unit).st_mode))
        _back_up(unit, first.before, backup)
    return Step(unit, staged, backup, before, disk.fingerprint(first.after))


def _tree(unit: Path, members: Sequence[FileChange], staged: Path) -> str | None:
    """Build a new folder whole; its state is the answer."""
    made = dict.fromkeys([staged])
    with disk.explained(unit):
        staged.mkdir()
    for change in members:
        assert change.after is not None, change.action
        path = staged / change.target.relative_to(unit)
        with disk.explained(change.target):
            for folder in reversed(path.relative_to(staged).parents):
                made[staged / folder] = None
                (staged / folder).mkdir(exist_ok=True)
            disk.write(path, change.after)
    with disk.explained(unit):
        for folder in made:
            disk.sync(folder)
        return disk.state(staged)


def _back_up(target: Path, content: bytes, backup: Path) -> None:
    """Keep the file itself by a second name or, where there are no hard links, a copy."""
    try:
        os.link(target, backup)
    except OSError:
        disk.write(backup, content, stat.S_IMODE(os.lstat(target).st_mode))
