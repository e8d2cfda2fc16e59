"""The errors a user can cause, and the exit code of each; everything else is a bug of ours."""

from dataclasses import dataclass
from enum import IntEnum

__all__ = [
    "BadRequest",
    "CannotDerive",
    "ExitCode",
    "LayergenError",
    "NotYet",
    "Place",
    "TestsFailed",
    "WouldOverwrite",
]


class ExitCode(IntEnum):
    """What the process answers to the shell."""

    FINE = 0
    TESTS_FAILED = 1
    BAD_REQUEST = 2
    WOULD_OVERWRITE = 3
    CANNOT_DERIVE = 4
    INTERNAL = 70  # EX_SOFTWARE of sysexits.h
    INTERRUPTED = 130  # 128 + SIGINT, as shells answer it


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the user's own text something is wrong.

    Attributes:
        source: what they typed it into: `--forward`, `forwards.py`, `swish/layergen.toml`.
        line: 1-based, where the source has lines.
        column: 1-based.
        text: the line itself, shown with a caret under the column.
    """

    source: str
    line: int | None = None
    column: int | None = None
    text: str | None = None

    def __str__(self) -> str:
        place = self.source if self.line is None else f"{self.source}:{self.line}"
        return place if self.column is None else f"{place}, column {self.column}"


class LayergenError(Exception):
    """Something the user can mend.

    Args:
        what: what is wrong, with the value: "unknown function 'sigmiod'".
        place: where they wrote it.
        instead: what to do now: "Did you mean 'sigmoid'?".
    """

    exit_code = ExitCode.BAD_REQUEST

    def __init__(
        self, what: str, *, place: Place | None = None, instead: str = ""
    ) -> None:
        super().__init__(what)
        self.what = what
        self.place = place
        self.instead = instead

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> tuple[str, ...]:
        """The message: what, where (with the user's own line and a caret), what to do."""
        lines = [self.what]
        if self.place is not None:
            lines.append(f"  at {self.place}")
            if self.place.text is not None:
                lines.append(f"    {self.place.text}")
                if self.place.column is not None:
                    lines.append(f"    {' ' * (self.place.column - 1)}^")
        if self.instead:
            lines.append(f"  {self.instead}")
        return tuple(lines)


class BadRequest(LayergenError):
    """The request is invalid: it can't mean anything."""


class NotYet(BadRequest):
    """The request is valid, and this version does not do it."""


class WouldOverwrite(LayergenError):
    """The tree holds something that the request would replace."""

    exit_code = ExitCode.WOULD_OVERWRITE


class CannotDerive(LayergenError):
    """The forward can't be turned into what was asked for.

    Args:
        reason: which of the known reasons it is: "data-dependent-branch"; "" where it has no name.
    """

    exit_code = ExitCode.CANNOT_DERIVE

    def __init__(
        self,
        what: str,
        *,
        place: Place | None = None,
        instead: str = "",
        reason: str = "",
    ) -> None:
        super().__init__(what, place=place, instead=instead)
        self.reason = reason


class TestsFailed(LayergenError):
    """A generated test failed, or there was none to run."""

    exit_code = ExitCode.TESTS_FAILED
    __test__ = False  # pytest: this is no test class
