"""One layergen at a time in a folder."""

import errno
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from layergen.errors import BadRequest
from layergen.output.disk import explained

__all__ = ["PATIENCE", "Busy", "hold"]

PATIENCE = 10.0  # seconds; a whole commit takes some milliseconds
PAUSE = 0.01  # seconds between two tries
LOCK_FILE = ".layergen.lock"  # only where a folder itself can't be locked

# NFS answers EBADF to a lock on what is not open for writing, as a folder can't be.
NO_FOLDER_LOCKS = (errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS)


class Busy(BadRequest):
    """Another layergen that is still alive works in the folder."""


@contextmanager
def hold(
    folders: Callable[[], tuple[Path, ...]], patience: float = PATIENCE
) -> Iterator[tuple[Path, ...]]:
    """Keep every other layergen out of some folders; a killed one lets go by itself.

    Args:
        folders: says which; asked again once they are locked, since who held them may have
            changed the answer.
        patience: seconds to wait for another layergen.

    Raises:
        Busy: it took longer.
    """
    deadline = time.monotonic() + patience
    while True:
        wanted = folders()
        with ExitStack() as stack:
            for folder in sorted(
                set(wanted)
            ):  # one order for all: nobody waits in a ring
                with explained(folder, "can't be locked"):
                    stack.enter_context(_locked(folder, deadline))
            if folders() == wanted:
                yield wanted
                return


def _wait(folder: Path, deadline: float) -> None:
    if time.monotonic() >= deadline:
        raise Busy(
            f"another layergen is writing in {folder}",
            instead="Run the command again when that one is done.",
        )
    time.sleep(PAUSE)


if sys.platform == "win32":

    @contextmanager
    def _locked(folder: Path, deadline: float) -> Iterator[None]:
        """Lock by a file that Windows deletes with the process that made it."""
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_TEMPORARY
        while True:
            try:
                descriptor = os.open(folder / LOCK_FILE, flags)
                break
            except (FileExistsError, PermissionError):  # held, or just being deleted
                _wait(folder, deadline)
        try:
            yield
        finally:
            os.close(descriptor)

else:
    import fcntl

    @contextmanager
    def _locked(folder: Path, deadline: float) -> Iterator[None]:
        """Lock the folder itself: nothing is left there, whatever happens."""
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            if _takes(descriptor, folder, deadline):
                yield
            else:
                with _locked_file(folder, deadline):
                    yield
        finally:
            os.close(descriptor)

    def _takes(descriptor: int, folder: Path, deadline: float) -> bool:
        """Lock what is open; False where the file system does not lock such a thing."""
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                _wait(folder, deadline)
            except OSError as error:
                if error.errno in NO_FOLDER_LOCKS:
                    return False
                raise

    @contextmanager
    def _locked_file(folder: Path, deadline: float) -> Iterator[None]:
        """Lock a file instead; one that a killed layergen left serves the next."""
        path = folder / LOCK_FILE
        while True:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                locked = _takes(descriptor, folder, deadline)
                if not locked or _still_there(path, descriptor):
                    try:
                        yield
                    finally:
                        path.unlink(missing_ok=True)
                    return
            finally:
                os.close(descriptor)

    def _still_there(path: Path, descriptor: int) -> bool:
        """Tell whether the file is not one that its last holder has just taken away."""
        with suppress(FileNotFoundError):
            return os.path.samestat(os.stat(path), os.fstat(descriptor))
        return False
