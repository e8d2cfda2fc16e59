"""What the room does to files, each in the way that outlives a power cut."""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from layergen.errors import BadRequest, WouldOverwrite

__all__ = ["explained", "fingerprint", "nearest", "read", "state", "sync", "write"]

ADVICE = {
    errno.ENOSPC: "The disk is full: free some space, then run the command again.",
    errno.EDQUOT: "Your disk quota is used up: free some, then run the command again.",
    errno.ENAMETOOLONG: "Choose a shorter name, or a folder less deep.",
    errno.EACCES: "Choose a folder that you may write to, with --into.",
    errno.EPERM: "Choose a folder that you may write to, with --into.",
    errno.EROFS: "Choose a folder that you may write to, with --into.",
}

NOUNS = {stat.S_IFLNK: "symbolic link", stat.S_IFDIR: "folder", stat.S_IFREG: "file"}


def fingerprint(content: str | bytes) -> str:
    """Name a content by its hash: "sha256:9f86d0…"."""
    data = content.encode() if isinstance(content, str) else content
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def nearest(path: Path) -> Path:
    """Find the path itself or, where it does not exist, the nearest folder above that does."""
    while not os.path.lexists(path):
        path = path.parent
    return path


def read(root: Path, target: Path) -> bytes | None:
    """Read what stands where a file goes, through no symbolic link from the root down.

    Args:
        root: the component's own folder, or that of its tests; above it, links are followed.
        target: somewhere below.

    Returns:
        The bytes, or None where there is nothing.

    Raises:
        WouldOverwrite: something other than a file stands there, or something in the way.
        BadRequest: the system does not let us look.
    """
    with explained(target, "can't be read"):
        for folder in _way(root, target):
            if not _stands(folder, stat.S_IFDIR):
                return None
        return target.read_bytes() if _stands(target, stat.S_IFREG) else None


def _way(root: Path, target: Path) -> Iterator[Path]:
    """Yield the folders to pass: what exists above the root, the root, those inside it."""
    yield Path(os.path.realpath(nearest(root.parent)))
    steps = target.relative_to(root).parts[:-1]
    yield from (root.joinpath(*steps[:count]) for count in range(len(steps) + 1))


def _stands(path: Path, kind: int) -> bool:
    """Tell whether something stands at the path; anything but the kind is refused."""
    try:
        found = stat.S_IFMT(os.lstat(path).st_mode)
    except FileNotFoundError:
        return False
    if found == kind:
        return True
    raise WouldOverwrite(
        f"{path} is a {NOUNS.get(found, 'special file')}, where a {NOUNS[kind]} belongs",
        instead="Move it away, or name another place with --into or --tests-into.",
    )


def state(path: Path) -> str | None:
    """Tell what stands at a path, following no link.

    Returns:
        The fingerprint of a file or of a whole folder; "other" for a link, a device and the
        like; None where there is nothing.
    """
    try:
        mode = os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    if stat.S_ISREG(mode):
        return fingerprint(path.read_bytes())
    if stat.S_ISDIR(mode):
        names = sorted(os.listdir(path))
        return "tree:" + fingerprint(
            "\n".join(f"{n!a} {state(path / n)}" for n in names)
        )
    return "other"


def write(path: Path, data: bytes, mode: int | None = None) -> None:
    """Make a new file and wait until the disk has it.

    Args:
        path: where nothing may stand yet.
        data: the whole content.
        mode: permissions, where they are not to be the umask's.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, 0o666)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        if mode is not None:
            os.chmod(path, mode)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync(folder: Path) -> None:
    """Wait until the disk has a folder's entries."""
    if os.name == "nt":  # a folder can't be opened there, and NTFS journals its entries
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # a file system that has no fsync for folders
            raise
    finally:
        os.close(descriptor)


@contextmanager
def explained(path: Path, trouble: str = "can't be written") -> Iterator[None]:
    """Turn the system's refusal into an error of the user's, about a path that they know."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        advice = ADVICE.get(error.errno or 0, "Mend that, then run the command again.")
        raise BadRequest(f"{path} {trouble}: {reason}", instead=advice) from error
