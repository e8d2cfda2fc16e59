"""The hidden folders in which files are prepared, and how the next command finds them.

A work folder stands beside the component, on its file system, so that what was prepared there gets
into place by a rename. A link in the user's state folder points to it while it exists.
"""

import json
import os
import re
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from layergen.output import disk

__all__ = ["Work", "home", "pointed", "relative", "works_in"]

NAME = re.compile(r"\.layergen-([0-9a-f]{16})")
HOMES = "homes"  # in a work folder that is not the only one: where all of them stand


@dataclass(frozen=True, slots=True)
class Work:
    """The folders of one piece of work.

    Attributes:
        homes: the folders that hold them: one beside the component and, where the tests go
            elsewhere, one beside those. The journal is in the first.
    """

    token: str
    homes: tuple[Path, ...]

    @classmethod
    def fresh(cls, homes: tuple[Path, ...]) -> "Work":
        """Think of new work, without beginning it."""
        return cls(os.urandom(8).hex(), homes)

    @classmethod
    def at(cls, folder: Path) -> "Work":
        """Recognise the work that a folder belongs to."""
        match = NAME.fullmatch(folder.name)
        assert match is not None, folder
        try:
            texts = json.loads((folder / HOMES).read_bytes())
            homes = tuple(Path(os.path.normpath(folder.parent / t)) for t in texts)
        except (OSError, ValueError, TypeError):  # it is the only one
            homes = (folder.parent,)
        # Its own home is among them, unless the text is nonsense.
        return cls(match[1], homes if folder.parent in homes else (folder.parent,))

    @property
    def folders(self) -> tuple[Path, ...]:
        """The work folders, whether or not they exist."""
        return tuple(self.folder(home) for home in self.homes)

    def folder(self, home: Path) -> Path:
        """Name the work folder in one of the homes."""
        return home / f".layergen-{self.token}"

    def begin(self) -> None:
        """Make the folders, the first one first: it leads to the others."""
        with suppress(
            OSError
        ):  # a convenience: where it can't be, the work is found on site
            _point(self)
        for home in self.homes:
            with disk.explained(home):
                self.folder(home).mkdir(mode=0o700)
                if len(self.homes) > 1:
                    texts = [relative(other, home) for other in self.homes]
                    disk.write(self.folder(home) / HOMES, json.dumps(texts).encode())

    def sweep(self) -> None:
        """Remove the folders, the first one last, and then what points to them."""
        for folder in reversed(self.folders):
            shutil.rmtree(folder, ignore_errors=True)
            if os.path.lexists(folder):  # the first one leads to it
                return
        self.forget()

    def forget(self) -> None:
        """Remove what points to the folders, if they are gone."""
        pointers = _pointers()
        if pointers is not None and not any(map(os.path.lexists, self.folders)):
            with suppress(OSError):
                (pointers / self.token).unlink()


def home(root: Path) -> Path:
    """Choose where the content of a folder is prepared: beside it, on its file system.

    That is in the nearest folder above that exists or, for a mounted folder, inside it.
    """
    place = root if os.path.ismount(root) else disk.nearest(root.parent)
    return Path(os.path.realpath(place))


def relative(path: Path, start: Path) -> str:
    """Spell a path so that it survives a move of the whole project."""
    try:
        return os.path.relpath(path, start)
    except ValueError:  # another drive of Windows
        return str(path)


def works_in(folder: Path) -> Iterator[Work]:
    """Yield the work of this user's of which there is a folder in this one."""
    real = Path(os.path.realpath(folder))
    with suppress(OSError):
        for name in sorted(filter(NAME.fullmatch, os.listdir(real))):
            if _is_ours(real / name):
                yield Work.at(real / name)


def _is_ours(folder: Path) -> bool:
    """Tell a work folder from a trap: in /tmp, anybody could leave one for us to finish."""
    found = os.lstat(folder)
    return stat.S_ISDIR(found.st_mode) and (
        sys.platform == "win32" or found.st_uid == os.geteuid()
    )


def _pointers() -> Path | None:
    """Find layergen's part of the user's state folder.

    Source:
        XDG Base Directory Specification: a path that is not absolute is to be ignored.
    """
    given = os.environ.get("XDG_STATE_HOME", "")
    usual = os.path.join(os.path.expanduser("~"), ".local", "state")
    base = Path(given if os.path.isabs(given) else usual)
    return base / "layergen" if base.is_absolute() else None


def _point(work: Work) -> None:
    """Make the link; unlike a file, it is never there by half."""
    pointers = _pointers()
    if pointers is not None:
        pointers.mkdir(parents=True, exist_ok=True)
        (pointers / work.token).symlink_to(work.folders[0])


def pointed() -> Iterator[Work]:
    """Yield the work that was begun anywhere by this user and not ended."""
    pointers = _pointers()
    with suppress(OSError):
        for name in sorted(os.listdir(pointers)) if pointers is not None else ():
            folder = (
                Path(os.readlink(pointers / name)) if pointers is not None else None
            )
            if folder is not None and folder.name == f".layergen-{name}":
                yield Work.at(folder)
