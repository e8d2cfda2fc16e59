"""Processes that die, or meet an error, at the n-th thing that they do to files."""

import os
import signal
import sys
from pathlib import Path

OPERATIONS = (
    "open write fsync rename replace link symlink unlink remove mkdir rmdir chmod"
)
UNSEEN = 99  # exit status of a child that touched a file behind our back
AUDITED = (
    "open",
    "os.rename",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.link",
    "os.symlink",
)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Shim:
    """Wraps the file operations of `os`, and calls `act(name, arguments)` before each."""

    def __init__(self, act):
        self.act = act
        self.count = 0
        self.inside = False
        self.originals = {name: getattr(os, name) for name in OPERATIONS.split()}

    def __enter__(self):
        for name in self.originals:
            setattr(os, name, self._wrapped(name))
        # shutil.rmtree asks whether these very functions take a folder's descriptor.
        os.supports_dir_fd.update({os.open, os.unlink, os.rmdir, os.mkdir})
        return self

    def __exit__(self, *_):
        for name, original in self.originals.items():
            setattr(os, name, original)

    def _wrapped(self, name):
        def operation(*arguments, **keywords):
            self.count += 1
            self.act(self.count, name, arguments)
            self.inside = True
            try:
                return self.originals[name](*arguments, **keywords)
            finally:
                self.inside = False

        return operation

    def tell_tale(self, event, arguments):
        """As an audit hook: nothing that changes the tree gets past the wrappers."""
        if event in AUDITED and not self.inside:
            if event == "open" and not (arguments[2] or 0) & WRITING:
                return
            os._exit(UNSEEN)


def die_at(n):
    """Kill this process at its n-th operation; a write is torn in two."""

    def act(count, name, arguments):
        if count == n:
            if name == "write":
                real_write(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
            os.kill(os.getpid(), signal.SIGKILL)

    return act


real_write = os.write


def in_child(work, act=lambda *_: None):
    """Fork, do the work there under a shim, and return how the child ended.

    Returns:
        -9 for a child that was killed, else its exit status: that of a LayergenError, or 0.
    """
    child = os.fork()
    if child == 0:
        _live(work, act)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _live(work, act):
    status = 70
    try:
        shim = Shim(act)
        sys.addaudithook(shim.tell_tale)
        with shim:
            try:
                work()
                status = 0
            except Exception as error:
                status = int(getattr(error, "exit_code", 70))
                if status == 70:
                    sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(status)


def tree(root: Path) -> dict[str, tuple[int, bytes | None]]:
    """Tell everything that is in a folder: modes and contents, None for folders."""
    found = {}
    for path in sorted(root.rglob("*")):
        content = path.read_bytes() if path.is_file() else None
        found[str(path.relative_to(root))] = (path.lstat().st_mode, content)
    return found


def grows(name, arguments):
    """Tell whether an operation is one that a full disk refuses."""
    if name == "open":
        return bool(arguments[1] & os.O_CREAT)
    return name in ("write", "fsync", "mkdir", "link", "symlink")


def is_hidden(path):
    return ".layergen-" in str(path)
