"""New files against the tree: what would happen to each, and nothing done yet."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from layergen.emit.source import SourceFile
from layergen.errors import BadRequest, Place, WouldOverwrite
from layergen.output.disk import fingerprint, read

__all__ = [
    "Action",
    "Destination",
    "FileChange",
    "diff",
    "fingerprint",
    "plan",
    "raise_on_conflict",
]

RECORD = PurePosixPath("layergen.toml")  # the user's to edit and ours to update


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a component's files go; both absolute.

    Attributes:
        component: its own folder.
        tests: `component/tests`, or DIR/test_<name> with `--tests-into DIR`.
    """

    component: Path
    tests: Path

    @property
    def roots(self) -> tuple[Path, ...]:
        """Tell the folders that hold all files: one where the tests are inside the component."""
        inside = self.tests.is_relative_to(self.component)
        return (self.component,) if inside else (self.component, self.tests)

    def root(self, path: PurePosixPath) -> Path:
        """Tell which of the roots a file of the component lands in."""
        return self.roots[-1] if path.parts[0] == "tests" else self.component

    def target(self, path: PurePosixPath) -> Path:
        """Tell where a file of the component lands."""
        if path.parts[0] == "tests":
            return self.tests.joinpath(*path.parts[1:])
        return self.component / path


class Action(StrEnum):
    """What happens to a file."""

    CREATE = "create"
    IDENTICAL = "identical"
    OVERWRITE = "overwrite"
    CONFLICT = "conflict"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file of the plan.

    Attributes:
        path: relative to the component's folder, as `SourceFile` has it.
        edited: whether the target holds what layergen did not write: a conflict, or, with
            `--force`, replaced or removed all the same.
        before: what the target holds; None where there is no such file.
        after: what it will hold; None to remove it.
        known: whether layergen wrote this path before.
    """

    path: PurePosixPath
    target: Path
    action: Action
    edited: bool
    before: bytes | None
    after: bytes | None
    known: bool = False


def plan(
    files: Sequence[SourceFile],
    destination: Destination,
    written: tuple[tuple[str, str], ...] = (),
    *,
    force: bool = False,
) -> tuple[FileChange, ...]:
    """Compare the files that a request produces with those that are there.

    Args:
        files: what is produced, no path twice.
        destination: where it goes.
        written: each path that layergen wrote there before, and its fingerprint then.
        force: whether what a person edited is replaced too.

    Raises:
        WouldOverwrite: a folder or a symbolic link stands where a file belongs.
        BadRequest: a path of `written` leads out of the component, or can't be read.
    """
    produced = {file.path: file.text.encode() for file in files}
    assert len(produced) == len(files), "one path twice"
    hashes = {_checked(path): digest for path, digest in written}
    gone = [path for path in hashes if path not in produced and path != RECORD]
    changes = [
        _change(path, produced.get(path), destination, hashes, force)
        for path in [*produced, *gone]
    ]
    return tuple(change for change in changes if change is not None)


def _change(
    path: PurePosixPath,
    after: bytes | None,
    destination: Destination,
    hashes: dict[PurePosixPath, str],
    force: bool,
) -> FileChange | None:
    """Decide about one file; None where there is nothing to do and nothing to say."""
    target = destination.target(path)
    before = read(destination.root(path), target)
    if before is None and after is None:
        return None
    ours = before is not None and (
        hashes.get(path) == fingerprint(before) or (path == RECORD and bool(hashes))
    )
    edited = before not in (None, after) and not ours
    action = _action(before, after)
    if edited and not force:
        action = Action.CONFLICT
    return FileChange(path, target, action, edited, before, after, path in hashes)


def _action(before: bytes | None, after: bytes | None) -> Action:
    if after is None:
        return Action.REMOVE
    if before is None:
        return Action.CREATE
    return Action.IDENTICAL if before == after else Action.OVERWRITE


def _checked(text: str) -> PurePosixPath:
    """Read a path of layergen.toml, which anybody may have edited."""
    path = PurePosixPath(text)
    if not path.parts or path.is_absolute() or ".." in path.parts or "\\" in text:
        raise BadRequest(
            f"{text!r} is no path inside the component",
            place=Place(str(RECORD)),
            instead="Take that line out of its list of written files.",
        )
    return path


def raise_on_conflict(changes: Sequence[FileChange]) -> None:
    """Refuse a plan that would replace a person's work.

    Raises:
        WouldOverwrite: naming every such file, and which of them were generated once.
    """
    conflicts = [change for change in changes if change.action is Action.CONFLICT]
    if not conflicts:
        return
    reason = {True: "edited by hand since it was generated", False: "not layergen's"}
    lines = [f"  {change.target}: {reason[change.known]}" for change in conflicts]
    count = "1 file" if len(conflicts) == 1 else f"{len(conflicts)} files"
    raise WouldOverwrite(
        "\n".join(
            [f"{count} would be overwritten or removed, and nothing was:", *lines]
        ),
        instead="See what would change with --diff; replace with --force.",
    )


def diff(change: FileChange) -> str:
    """Print a change as a unified diff; "" where nothing changes."""
    before = "/dev/null" if change.before is None else f"a/{change.path}"
    after = "/dev/null" if change.after is None else f"b/{change.path}"
    lines = difflib.unified_diff(
        _lines(change.before), _lines(change.after), before, after
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in lines
    )


def _lines(data: bytes | None) -> list[str]:
    """Split at newlines only: `str.splitlines` would also split at a form feed."""
    text = (data or b"").decode(errors="backslashreplace")
    return [line + "\n" for line in text.split("\n")[:-1]] + [
        last for last in text.split("\n")[-1:] if last
    ]
