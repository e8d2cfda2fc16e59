"""What killed runs have left: finished or undone before anything else is done."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from layergen.errors import LayergenError
from layergen.output.journal import Journal, clear, resume
from layergen.output.lock import PATIENCE, Busy, hold
from layergen.output.work import Work, pointed, works_in

__all__ = ["recover"]


def recover(folders: Iterable[Path]) -> tuple[str, ...]:
    """Bring the work of killed runs to an end, here and wherever this user began it.

    Work of a run that is alive is never touched.

    Args:
        folders: those that the command is about to work in: of components, of
            their tests, or those that hold them.

    Returns:
        A sentence for each piece of work: what became of it.

    Raises:
        LayergenError: the system refused, in one of the folders, or a run there goes on and
            on. Trouble elsewhere is a sentence: it is no reason not to work here.
    """
    said = [_settle(work, PATIENCE) for work in _here(folders)]
    for work in pointed():
        try:
            said.append(_settle(work, patience=0))
        except Busy:  # its owner lives
            continue
        except LayergenError as error:
            said.append(f"An interrupted layergen run is still there: {error.what}.")
    return tuple(sentence for sentence in said if sentence)


def _here(folders: Iterable[Path]) -> Iterator[Work]:
    """Yield the work in the folders, and in those above: some may have been missing then."""
    whole = [Path(os.path.abspath(folder)) for folder in folders]
    around = dict.fromkeys(
        place for folder in whole for place in (folder, *folder.parents)
    )
    yield from dict.fromkeys(work for place in around for work in works_in(place))


def _settle(found: Work, patience: float) -> str:
    """Bring one piece of work to an end, when nobody else is at it."""
    folder = next(filter(os.path.lexists, found.folders), found.folders[0])
    if not folder.parent.is_dir():  # perhaps on a disk that is not mounted now
        return ""
    with hold(lambda: _existing_homes(Work.at(folder)), patience):
        work = Work.at(folder)
        if not any(map(os.path.lexists, work.folders)):  # somebody was faster
            work.forget()
            return ""
        journal = Journal.of(work)
        if journal is None:  # nothing had been put in place, or everything
            sentence = (
                f"Removed what an interrupted layergen run had left in {folder.parent}."
            )
        elif journal.steps is None:
            return (
                f"{work.folders[0]} is what an interrupted layergen run left, moved or "
                "copied from elsewhere: take what you need out of it and remove it."
            )
        else:
            sentence = resume(work, journal.onwards, journal.steps)
        clear(work)
        return sentence


def _existing_homes(work: Work) -> tuple[Path, ...]:
    return tuple(home for home in work.homes if home.is_dir())
