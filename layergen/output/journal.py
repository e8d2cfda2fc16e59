"""Several steps as one: all taken or all taken back, even by another process later.

The journal is a file in the first work folder. It is there from before the first step until after
the last; its name says where the steps go: `finish`, or, once one of them has failed, `undo`.
"""

import json
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path

from layergen.errors import LayergenError, WouldOverwrite
from layergen.output import disk
from layergen.output.step import Step, finish, keep, prune, undo
from layergen.output.work import Work, relative

__all__ = ["Journal", "changed_meanwhile", "clear", "perform", "resume"]

FINISH, UNDO = "finish", "undo"


@dataclass(frozen=True, slots=True)
class Journal:
    """What a journal on the disk says.

    Attributes:
        steps: None where it was not written in this place, or can't be read: a copied
            project must not be taken for the one that was interrupted.
    """

    onwards: bool
    steps: tuple[Step, ...] | None

    @classmethod
    def of(cls, work: Work) -> "Journal | None":
        """Read the journal of some work, if it has one."""
        for name in (FINISH, UNDO):
            path = work.folders[0] / name
            if os.path.lexists(path):
                return cls(name == FINISH, _read(path))
        return None


def perform(work: Work, steps: Sequence[Step]) -> None:
    """Take all steps; if one fails or Ctrl-C comes, take back those taken.

    Raises:
        WouldOverwrite: a target is not as the plan saw it.
        BadRequest: the system refused.
    """
    try:
        # A lone rename is whole by itself. A removal is not: its folder may go too.
        if len(steps) > 1 or any(step.staged is None for step in steps):
            _write(work, steps)
        _finish_all(steps)
    except BaseException:
        _turn(work)
        _undo_all(steps)
        _drop(work)
        raise
    _drop(work)


def resume(work: Work, onwards: bool, steps: tuple[Step, ...]) -> str:
    """Bring interrupted work to an end, and say to which.

    Raises:
        LayergenError: the system refused; the journal stays for the next time.
    """
    if onwards:
        try:
            _finish_all(steps)
        except LayergenError:
            _turn(work)
        else:
            _drop(work)
            return f"Finished an interrupted layergen run: {_named(steps)}."
    left = _undo_all(steps)
    _drop(work)
    return " ".join([f"Undid an interrupted layergen run: {_named(steps)}.", *left])


def clear(work: Work) -> None:
    """Sweep the work folders, unless a journal says that they are still needed."""
    if Journal.of(work) is None:
        work.sweep()


def changed_meanwhile(targets: Iterable[Path]) -> WouldOverwrite:
    """Word the refusal to touch what is not as the plan saw it."""
    return WouldOverwrite(
        f"changed meanwhile by somebody else: {', '.join(map(str, targets))}",
        instead="Nothing was written. Run the command again.",
    )


def _finish_all(steps: Sequence[Step]) -> None:
    for step in steps:
        with disk.explained(step.target):
            if not finish(step):
                raise changed_meanwhile([step.target])
    _sync_parents(steps)
    for step in steps:
        prune(step)


def _undo_all(steps: Sequence[Step]) -> tuple[str, ...]:
    """Take back what was taken; say what a person edited since and therefore stays."""
    left = []
    for step in reversed(steps):
        with disk.explained(
            step.target, "can't be put back; the next command will try"
        ):
            if not undo(step):
                left.append(_left(step))
    with suppress(LayergenError):  # a disk that fails is no reason to stop halfway back
        _sync_parents(steps)
    return tuple(left)


def _left(step: Step) -> str:
    kept = keep(step)
    note = f"Left {step.target} as it is: it was edited since"
    return f"{note}." if kept is None else f"{note}; what it held before is in {kept}."


def _sync_parents(steps: Sequence[Step]) -> None:
    for folder in sorted({step.target.parent for step in steps}):
        if folder.is_dir():
            with disk.explained(folder):
                disk.sync(folder)


def _named(steps: Sequence[Step]) -> str:
    return ", ".join(str(step.target) for step in steps)


def _write(work: Work, steps: Sequence[Step]) -> None:
    """Put the journal down, once all that it counts on is on the disk for good."""
    first, home = work.folders[0], work.homes[0]
    with disk.explained(home):
        spelled = [
            [relative(it, home) if isinstance(it, Path) else it for it in astuple(step)]
            for step in steps
        ]
        text = json.dumps({"inode": os.stat(first).st_ino, "steps": spelled})
        disk.write(first / "journal", text.encode())
        for folder in work.folders:
            disk.sync(folder)
            disk.sync(folder.parent)
        os.replace(first / "journal", first / FINISH)
        disk.sync(first)


def _read(path: Path) -> tuple[Step, ...] | None:
    home = path.parent.parent
    try:
        content = json.loads(path.read_bytes())
        if content["inode"] != os.stat(path.parent).st_ino:
            return None
        return tuple(_step(home, *fields) for fields in content["steps"])
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _step(
    home: Path,
    target: str,
    staged: str | None,
    backup: str | None,
    before: str | None,
    after: str | None,
) -> Step:
    def path(text: str) -> Path:
        return Path(os.path.normpath(home / text))

    new = None if staged is None else path(staged)
    old = None if backup is None else path(backup)
    return Step(path(target), new, old, before, after)


def _turn(work: Work) -> None:
    """Let whoever reads the journal from now on go back."""
    first = work.folders[0]
    if os.path.lexists(first / FINISH):
        with disk.explained(work.homes[0]):
            os.replace(first / FINISH, first / UNDO)
        with suppress(OSError):
            disk.sync(first)


def _drop(work: Work) -> None:
    """Take the journal away: the work is done, and what is left of it can be swept.

    Where the system refuses, it stays: the next command finds that there is nothing to do.
    """
    for name in (FINISH, UNDO):
        with suppress(OSError):
            (work.folders[0] / name).unlink()
